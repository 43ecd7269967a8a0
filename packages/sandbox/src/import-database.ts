import type { DatabaseSync } from 'node:sqlite';
import { onDisk, transaction } from './database.ts';
import { requireSandboxFile } from './database-identity.ts';
import { contentsOf, settleCopiedWork } from './export-database.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { SandboxSetupError } from './setup-error.ts';

/** Leases say nothing about another database; counts are made again as the rows come in. */
const NOT_COPIED = ['processes', 'execution_counts'];

/**
 * Fills an empty database with everything of an exported one; all of it or, when anything is wrong, nothing.
 *
 * @throws {SandboxSetupError} when the file is not an intact export of this version, or the database is not empty.
 */
export function importDatabase(database: DatabaseSync, file: string): void {
	requireSandboxFile(file);
	if (Object.values(contentsOf(database)).some(count => count > 0)) {
		throw new SandboxSetupError(
			'An import needs an empty database: add --reset, or give another --database.',
		);
	}
	try {
		database.prepare('ATTACH ? AS imported').run(onDisk(file));
		try {
			checkImported(database, file);
			transaction(database, () => {
				for (const table of tablesOf(database)) {
					database.exec(`INSERT INTO main.${table} SELECT * FROM imported.${table}`);
				}
				settleCopiedWork(database);
			});
		} finally {
			database.exec('DETACH imported');
		}
	} catch (error) {
		if (error instanceof SandboxSetupError) throw error;
		const reason = error instanceof Error ? error.message : 'unknown error';
		throw new SandboxSetupError(`The file ${file} cannot be imported: ${reason}.`);
	}
}

function checkImported(database: DatabaseSync, file: string): void {
	const version = Number(database.prepare('PRAGMA imported.user_version').get()?.user_version);
	if (version !== SCHEMA_VERSION) {
		throw new SandboxSetupError(
			`The file ${file} was made by another version of the sandbox (schema ${version}, this one knows ${SCHEMA_VERSION}).`,
		);
	}
	const unknown = database
		.prepare('SELECT name FROM imported.sqlite_master EXCEPT SELECT name FROM main.sqlite_master')
		.get();
	if (unknown) {
		throw new SandboxSetupError(
			`The file ${file} holds something that the sandbox does not know: ${unknown.name}.`,
		);
	}
	const health = String(database.prepare('PRAGMA imported.integrity_check(1)').get()?.integrity_check);
	if (health !== 'ok') throw new SandboxSetupError(`The file ${file} is damaged (${health}).`);
}

function tablesOf(database: DatabaseSync): string[] {
	return database
		.prepare(`SELECT name FROM main.sqlite_master WHERE type = 'table'`)
		.all()
		.map(({ name }) => String(name))
		.filter(name => !NOT_COPIED.includes(name));
}
