import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

/** A packed piece as the platform installs it: unpacked, without its dependencies, on its own. */
export interface InstalledPiece {
	readonly manifest: { readonly main: string; readonly [key: string]: unknown };
	readonly folder: string;
	readonly entry: string;
	/** Everything that the archive held. */
	readonly files: readonly string[];
	remove(): Promise<void>;
}

export async function installPiece(archive: string): Promise<InstalledPiece> {
	const parent = await mkdtemp(join(tmpdir(), 'zihin-piece-'));
	await promisify(execFile)('tar', ['-xzf', archive, '-C', parent]);
	const folder = join(parent, 'package');
	const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
	const found = await readdir(parent, { recursive: true, withFileTypes: true });
	return {
		manifest,
		folder,
		entry: join(folder, manifest.main),
		files: found
			.filter(file => file.isFile())
			.map(file => relative(folder, join(file.parentPath, file.name)))
			.sort(),
		remove: () => rm(parent, { recursive: true, force: true }),
	};
}
