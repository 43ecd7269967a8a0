import { WireError } from './error-envelope.ts';

/** SQLite's result codes for a file that cannot grow, cannot be written to, or is locked for too long. */
const REASONS: Readonly<Record<number, string>> = {
	5: 'the database is busy',
	8: 'the database is read-only',
	10: 'the database cannot be written to',
	13: 'the disk is full, or the memory that a database without a file may take',
};

/** What a caller is told when the sandbox could not store what it was asked to, and so has not done it. */
export function storageError(thrown: unknown): WireError | undefined {
	if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
	const reason = REASONS[Number(thrown.errcode) & 0xff];
	return reason === undefined
		? undefined
		: new WireError(503, 'STORAGE_ERROR', `Nothing was stored: ${reason}.`);
}
