import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { identify } from './database-identity.ts';
import { isInUse } from './process-lease.ts';
import { SandboxSetupError } from './setup-error.ts';

/**
 * Deletes a sandbox's database, even a damaged one or one of another version, and nothing else.
 *
 * @throws {SandboxSetupError} when the file is not a sandbox's, or a sandbox is using it.
 */
export function resetDatabase(file: string): void {
	const kind = identify(file);
	if (kind === 'absent' || kind === 'empty') return;
	if (kind === 'foreign') {
		throw new SandboxSetupError(`The file ${file} is not a database of the sandbox, so it is not deleted.`);
	}
	if (isOpenElsewhere(file)) {
		throw new SandboxSetupError(`The database ${file} is in use by another sandbox: stop that one first.`);
	}
	// The log first: left alone, it would be taken for the log of the next database of this name.
	for (const suffix of ['-wal', '-shm', '']) rmSync(file + suffix, { force: true });
}

function isOpenElsewhere(file: string): boolean {
	try {
		const database = new DatabaseSync(file, { readOnly: true });
		try {
			return isInUse(database);
		} finally {
			database.close();
		}
	} catch {
		// Damaged, or without leases because it is old: no sandbox of this version can be using it.
		return false;
	}
}
