import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { APPLICATION_ID } from './database-identity.ts';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { SandboxSetupError } from './setup-error.ts';
import { prepareAll } from './statements.ts';

/** Longer than any transaction of another sandbox takes; it blocks this one meanwhile. */
const BUSY_TIMEOUT_MS = 5_000;

/** A file of SQLite's own in memory, of 1 GiB at most. With ':memory:' each commit takes longer the more there is. */
const IN_MEMORY = 'file:sandbox?vfs=memdb';

/** Opens or creates the sandbox's storage; without a file it lives in memory and goes with the process. */
export function openDatabase(file?: string): DatabaseSync {
	if (file === undefined) {
		const database = new DatabaseSync(IN_MEMORY);
		database.exec('PRAGMA synchronous = OFF');
		createSchema(database);
		return database;
	}
	let database: DatabaseSync | undefined;
	try {
		createPrivately(file);
		database = new DatabaseSync(file);
		// FULL, because a 202 is a promise: in WAL mode a weaker setting may lose the last commits with the power.
		database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA synchronous = FULL`);
		claim(database, file);
		chmodSync(file, 0o600);
		return database;
	} catch (error) {
		database?.close();
		throw error instanceof SandboxSetupError ? error : new SandboxSetupError(openingFailure(file, error));
	}
}

/** A file's name as SQLite takes it for one on the disk, also from a database that is in memory itself. */
export function onDisk(file: string): string {
	return `${pathToFileURL(file).href}?vfs=${process.platform === 'win32' ? 'win32' : 'unix'}`;
}

/** All or nothing; synchronous, so no other request can come in between. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
	const { begin, commit } = boundariesOf(database);
	begin.run();
	try {
		const result = work();
		commit.run();
		return result;
	} catch (error) {
		try {
			database.exec('ROLLBACK');
		} catch {
			// On a full disk SQLite has rolled back by itself; the first error is the one that counts.
		}
		throw error;
	}
}

const BOUNDARIES = new WeakMap<DatabaseSync, Record<'begin' | 'commit', StatementSync>>();

/** Prepared once: reading these two words anew costs as much as a small write. */
function boundariesOf(database: DatabaseSync) {
	let boundaries = BOUNDARIES.get(database);
	if (boundaries === undefined) {
		boundaries = prepareAll(database, { begin: 'BEGIN IMMEDIATE', commit: 'COMMIT' });
		BOUNDARIES.set(database, boundaries);
	}
	return boundaries;
}

/** The file holds webhook secrets: nobody else may read it, not even while it is being made. */
function createPrivately(file: string): void {
	if (!existsSync(dirname(file))) {
		throw new SandboxSetupError(`The folder of the database ${file} does not exist.`);
	}
	if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

function claim(database: DatabaseSync, file: string): void {
	const tables = tableCount(database);
	const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
	const application = Number(database.prepare('PRAGMA application_id').get()?.application_id);
	if (tables > 0 && application !== APPLICATION_ID) {
		throw new SandboxSetupError(`The file ${file} is a database of another program.`);
	}
	if (tables > 0 && version !== SCHEMA_VERSION) {
		throw new SandboxSetupError(
			`The database ${file} was made by ${version > SCHEMA_VERSION ? 'a newer' : 'an older'} sandbox (schema ${version}, this one knows ${SCHEMA_VERSION}).`,
		);
	}
	// Before WAL mode, so that the file itself, and not only the log beside it, says whose it is.
	createSchema(database);
	database.exec('PRAGMA journal_mode = WAL');
	// Writes now what is there already, so that a file that cannot be written to fails here and not at a first request.
	transaction(database, () => database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`));
}

/** Looks again within the transaction: two sandboxes may have found the same new file. */
function createSchema(database: DatabaseSync): void {
	transaction(database, () => {
		if (tableCount(database) > 0) return;
		database.exec(SCHEMA);
		database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
	});
}

function tableCount(database: DatabaseSync): number {
	return Number(database.prepare('SELECT count(*) AS n FROM sqlite_master').get()?.n);
}

function openingFailure(file: string, error: unknown): string {
	const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
	if (code === 5) return `The database ${file} is in use by another process.`;
	if (code === 8) return `The database ${file} is read-only.`;
	if (code === 11 || code === 26) return `The file ${file} is not a SQLite database, or it is damaged.`;
	return `The database ${file} could not be opened: ${error instanceof Error ? error.message : 'unknown error'}.`;
}
