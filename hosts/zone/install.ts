import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../runtimes/process.ts';
import { SDK } from './places.ts';

/** Installs what a folder's lock file says, with the SDK as it is built now; does nothing when that is there. */
export async function install(folder: string): Promise<void> {
	if (isInstalled(folder)) return;
	const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
	const { status, stdout, stderr } = await run('npm', args, { cwd: folder, timeoutMs: 300_000 });
	if (status !== 0) throw new Error(`${folder} could not be installed.\n${stdout}${stderr}`);
}

function isInstalled(folder: string): boolean {
	const installed = join(folder, 'node_modules', '.package-lock.json');
	if (!existsSync(installed)) return false;
	const sources = [join(folder, 'package-lock.json'), join(SDK, 'dist', 'index.js')];
	return sources.every(source => statSync(source).mtimeMs < statSync(installed).mtimeMs);
}
