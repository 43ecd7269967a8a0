import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGE = resolve(import.meta.dirname, '../..');
const CHECKOUT = resolve(PACKAGE, '../..');

/** What is searched when no library is named: this project's own pages, or, once installed, the package's README. */
export function defaultLibrary(): string[] {
	// An installed package has somebody else's folders above it.
	if (existsSync(join(CHECKOUT, 'pnpm-workspace.yaml'))) {
		const readme = join(CHECKOUT, 'README.md');
		const docs = join(CHECKOUT, 'docs');
		const pages = [...(existsSync(readme) ? [readme] : []), ...(holdsMarkdown(docs) ? [docs] : [])];
		if (pages.length > 0) return pages;
	}
	return [join(PACKAGE, 'README.md')];
}

function holdsMarkdown(folder: string): boolean {
	return (
		existsSync(folder) && readdirSync(folder, { recursive: true }).some(name => /\.md$/i.test(String(name)))
	);
}
