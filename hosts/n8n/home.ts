import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../connectors/n8n', import.meta.url));

const MOST_DATABASE_BYTES = 512 * 1024 * 1024;

/**
 * A new user folder of n8n with the packed package where an installation by _Settings, Community nodes_ puts it.
 * Whoever runs in it takes it away.
 */
export function makeHome(folder = tmpdir()): string {
	const home = mkdtempSync(join(folder, 'zihin-n8n-host-'));
	const modules = join(home, '.n8n', 'nodes', 'node_modules');
	mkdirSync(modules, { recursive: true });
	execFileSync('tar', ['-xzf', packedInto(home), '-C', modules]);
	renameSync(join(modules, 'package'), join(modules, 'n8n-nodes-zihin'));
	return home;
}

/** Linux's folder in memory, where it has room for a database: on a disk each commit waits for it. */
export function fastFolder(): string {
	const memory = '/dev/shm';
	if (!existsSync(memory)) return tmpdir();
	const { bavail, bsize } = statfsSync(memory);
	return bavail * bsize > MOST_DATABASE_BYTES ? memory : tmpdir();
}

let packed = '';

/** Packs the package, unless that was done for another folder which is still there. */
function packedInto(folder: string): string {
	if (existsSync(packed)) return packed;
	const options = { cwd: PACKAGE, encoding: 'utf8' } as const;
	const output = execFileSync('pnpm', ['pack', '--json', '--pack-destination', folder], options);
	const { filename }: { filename: string } = JSON.parse(output);
	packed = filename;
	return packed;
}
