import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Outcome, PieceCall } from './calls.ts';

/**
 * A small stand-in for the engine of the platform, which is not published as a package. It does what was
 * measured of the real one: a new process for every call, ended when the call settles; values go in and out
 * as JSON; keys that are missing arrive as undefined; an unhandled rejection fails the step. It does not check
 * the types of the values first, as the platform does, so that the piece's own checks are what is tested.
 */
export async function callPiece(entry: string, call: PieceCall): Promise<Outcome> {
	const child = fork(fileURLToPath(new URL('piece-process.ts', import.meta.url)), {
		// The piece must not depend on anything that this machine happens to set.
		env: {},
		execArgv: [],
		// As the platform's own: what cannot be cloned cannot be handed over.
		serialization: 'advanced',
	});
	const exited = once(child, 'exit');
	const reported = once(child, 'message').then(([message]) => message as Outcome);
	child.send({ entry, call: throughJson(call) });
	const outcome = await Promise.race([
		reported,
		exited.then(([code]) => Promise.reject(new Error(`The piece's process ended with code ${code}.`))),
	]);
	child.kill('SIGKILL');
	await exited;
	return outcome.ok ? { ...outcome, output: throughJson(outcome.output) } : outcome;
}

function throughJson<Value>(value: Value): Value {
	return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

/** A packed piece as the platform installs it: unpacked, without its dependencies, on its own. */
export interface InstalledPiece {
	readonly manifest: { readonly main: string; readonly [key: string]: unknown };
	readonly entry: string;
	/** Everything that the archive held. */
	readonly files: readonly string[];
	remove(): Promise<void>;
}

export async function installPiece(archive: string): Promise<InstalledPiece> {
	const folder = await mkdtemp(join(tmpdir(), 'zihin-piece-'));
	await promisify(execFile)('tar', ['-xzf', archive, '-C', folder]);
	const root = join(folder, 'package');
	const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
	const found = await readdir(folder, { recursive: true, withFileTypes: true });
	return {
		manifest,
		entry: join(root, manifest.main),
		files: found
			.filter(file => file.isFile())
			.map(file => relative(root, join(file.parentPath, file.name)))
			.sort(),
		remove: () => rm(folder, { recursive: true, force: true }),
	};
}
