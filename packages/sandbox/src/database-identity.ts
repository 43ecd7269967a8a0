import { closeSync, openSync, readSync } from 'node:fs';
import { SandboxSetupError } from './setup-error.ts';

/** "ZHSB" in SQLite's application id: whether a database is ours to write to. */
export const APPLICATION_ID = 0x5a485342;

const MAGIC = 'SQLite format 3\0';
const APPLICATION_ID_OFFSET = 68;
const HEADER_BYTES = 100;

/** What a file is, by its first bytes alone, so that it can be told of a damaged database too. */
export function identify(file: string): 'absent' | 'empty' | 'sandbox' | 'foreign' {
	const header = Buffer.alloc(HEADER_BYTES);
	let length: number;
	try {
		const descriptor = openSync(file, 'r');
		try {
			length = readSync(descriptor, header, 0, HEADER_BYTES, 0);
		} finally {
			closeSync(descriptor);
		}
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? error.code : 'unknown error';
		if (code === 'ENOENT') return 'absent';
		throw new SandboxSetupError(`The file ${file} cannot be read (${code}).`);
	}
	if (length === 0) return 'empty';
	const isSqlite = length === HEADER_BYTES && header.toString('latin1', 0, MAGIC.length) === MAGIC;
	return isSqlite && header.readUInt32BE(APPLICATION_ID_OFFSET) === APPLICATION_ID ? 'sandbox' : 'foreign';
}

/** Refuses, in one sentence, a file that a sandbox cannot have written. */
export function requireSandboxFile(file: string): void {
	const kind = identify(file);
	if (kind === 'absent') throw new SandboxSetupError(`The file ${file} does not exist.`);
	if (kind !== 'sandbox') throw new SandboxSetupError(`The file ${file} is not a database of the sandbox.`);
}
