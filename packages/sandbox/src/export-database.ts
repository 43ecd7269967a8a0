import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onDisk, transaction } from './database.ts';
import { STOPPED } from './executions.ts';
import { SandboxSetupError } from './setup-error.ts';

/** How much there is of what a person would count. */
export interface DatabaseContents {
	readonly triggers: number;
	readonly sessions: number;
	readonly executions: number;
}

/**
 * Writes a copy of everything to a new file, complete and consistent even while a sandbox is at work. The copy is a
 * database of the sandbox itself, to be imported or opened, and holds nothing that is still to be done: the original
 * does it.
 *
 * @throws {SandboxSetupError} when the file exists already or cannot be written.
 */
export function exportDatabase(database: DatabaseSync, file: string): DatabaseContents {
	if (existsSync(file)) throw new SandboxSetupError(`The file ${file} exists already: export to a new one.`);
	if (!existsSync(dirname(file))) throw new SandboxSetupError(`The folder of ${file} does not exist.`);
	const partial = `${file}.partial`;
	try {
		rmSync(partial, { force: true });
		// Made first and with its mode, because it will hold webhook secrets.
		closeSync(openSync(partial, 'wx', 0o600));
		database.prepare('VACUUM INTO ?').run(onDisk(partial));
		const contents = settled(partial);
		renameSync(partial, file);
		return contents;
	} catch (error) {
		rmSync(partial, { force: true });
		const reason = error instanceof Error ? error.message : 'unknown error';
		throw new SandboxSetupError(`The export to ${file} failed: ${reason}.`);
	}
}

function settled(file: string): DatabaseContents {
	const copy = new DatabaseSync(file);
	try {
		transaction(copy, () => settleCopiedWork(copy));
		return contentsOf(copy);
	} finally {
		copy.close();
	}
}

/** What was under way where a copy was taken goes on there, and must not be done a second time here. */
export function settleCopiedWork(copy: DatabaseSync): void {
	const { status, error } = STOPPED;
	copy
		.prepare(
			`UPDATE executions SET status = ?, error_code = ?, error_message = ?, completed_at = ?
			WHERE status IN ('pending', 'running')`,
		)
		.run(status, error.code, error.message, Date.now());
	copy.exec(`UPDATE callbacks SET status = 'failed', owner = NULL WHERE status IN ('waiting', 'pending')`);
	copy.exec('DELETE FROM processes');
}

export function contentsOf(database: DatabaseSync): DatabaseContents {
	const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
	return { triggers: count('triggers'), sessions: count('sessions'), executions: count('executions') };
}
