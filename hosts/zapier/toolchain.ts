import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, run } from '../runtimes/process.ts';

export const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '../..');

const PACKAGE_MANAGER = 'pnpm@12.21.0';

export async function pnpm(cwd: string, ...args: readonly string[]): Promise<void> {
	const options = { cwd, timeoutMs: 300_000 };
	const local = await run('pnpm', args, options).catch(() => undefined);
	succeeded(local ?? (await run('npx', ['-y', PACKAGE_MANAGER, ...args], options)));
}

/** Zapier's own command. It wants Node 22, as production has. */
export async function zapier(cwd: string, ...args: readonly string[]): Promise<string> {
	const command = join(HERE, 'node_modules/zapier-platform-cli/src/bin/run');
	const env = { DISABLE_ZAPIER_ANALYTICS: '1', NO_COLOR: '1' };
	return succeeded(await run(nodeBinary(22), [command, ...args], { cwd, env, timeoutMs: 120_000 }));
}

/** A Node of this major version. */
export function nodeBinary(major: number): string {
	if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
	const name = `node-${major}-${process.platform}-${process.arch}`;
	const path = join(HERE, 'node_modules', name, 'bin/node');
	if (!existsSync(path)) throw new Error(`There is no Node ${major} for this system in the lock file.`);
	return path;
}

function succeeded({ status, stdout, stderr }: Ended): string {
	if (status !== 0) throw new Error(`It ended with ${status}.\n${stdout}${stderr}`);
	return stdout;
}
