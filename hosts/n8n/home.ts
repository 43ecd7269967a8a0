import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../connectors/n8n', import.meta.url));

/**
 * A new user folder of n8n with the packed package where an installation by _Settings, Community nodes_ puts it.
 * Whoever runs in it takes it away.
 */
export function makeHome(): string {
	const home = mkdtempSync(join(tmpdir(), 'zihin-n8n-host-'));
	const modules = join(home, '.n8n', 'nodes', 'node_modules');
	mkdirSync(modules, { recursive: true });
	execFileSync('tar', ['-xzf', packedInto(home), '-C', modules]);
	renameSync(join(modules, 'package'), join(modules, 'n8n-nodes-zihin'));
	return home;
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
