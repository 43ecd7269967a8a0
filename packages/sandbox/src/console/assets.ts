import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

/** The style sheets of every page, in this order. */
export const STYLES = ['frame.css', 'blocks.css', 'tables.css', 'live.css', 'controls.css', 'chat.css'];

/** The files that pages load: what is not in this list is not served. */
const NAMES = [...STYLES, 'live.js', 'controls.js', 'chat.js', 'icon.svg'];

const TYPES: Readonly<Record<string, string>> = {
	'.css': 'text/css; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.svg': 'image/svg+xml',
};

export function asset(name: string): { readonly type: string; readonly text: string } | undefined {
	const type = TYPES[extname(name)];
	if (type === undefined || !NAMES.includes(name)) return undefined;
	// Beside `src` and `dist` alike.
	return { type, text: readFileSync(new URL(`../../assets/${name}`, import.meta.url), 'utf8') };
}
