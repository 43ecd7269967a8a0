import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../connectors/n8n', import.meta.url));

/**
 * A new user folder of n8n with the packed package where an installation by _Settings, Community nodes_ puts it.
 * It is removed when this process ends.
 */
export function makeHome(): string {
	const home = makeFolder();
	const modules = join(home, '.n8n', 'nodes', 'node_modules');
	mkdirSync(modules, { recursive: true });
	packed ??= pack();
	execFileSync('tar', ['-xzf', packed, '-C', modules]);
	renameSync(join(modules, 'package'), join(modules, 'n8n-nodes-zihin'));
	return home;
}

let packed: string | undefined;

function pack(): string {
	const options = { cwd: PACKAGE, encoding: 'utf8' } as const;
	const output = execFileSync('pnpm', ['pack', '--json', '--pack-destination', makeFolder()], options);
	const { filename }: { filename: string } = JSON.parse(output);
	return filename;
}

function makeFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'zihin-n8n-host-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
	return folder;
}
