import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
	interface ProvidedContext {
		/** The package as a user has it: packed, and unpacked again. */
		readonly installed: string;
	}
}

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
/** Inside the package, so that it finds the same n8n-workflow as the engine. */
const FOLDER = fileURLToPath(new URL('../test-results/installed/', import.meta.url));
/** Where n8n's engine keeps what it writes, by run. */
const HOMES = fileURLToPath(new URL('../test-results/homes/', import.meta.url));

export default function install({ provide }: TestProject): void {
	for (const left of [FOLDER, HOMES]) rmSync(left, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const packed = execFileSync('pnpm', ['pack', '--json', '--pack-destination', FOLDER], {
		cwd: PACKAGE,
		encoding: 'utf8',
		shell: process.platform === 'win32',
	});
	const { filename }: { filename: string } = JSON.parse(packed);
	execFileSync('tar', ['-xzf', filename, '-C', FOLDER]);
	provide('installed', `${FOLDER}package`);
}
