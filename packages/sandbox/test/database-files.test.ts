import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openDatabase } from '../src/database.ts';
import { contentsOf, exportDatabase } from '../src/export-database.ts';
import { SandboxSetupError, startSandbox } from '../src/index.ts';
import { resetDatabase } from '../src/reset-database.ts';
import { ask, createTrigger, dispatchTo, folder, GARDEN, garden, isSettled, receiver } from './harness.ts';

function sentence(work: () => unknown): string {
	try {
		work();
	} catch (error) {
		expect(error).toBeInstanceOf(SandboxSetupError);
		return error instanceof Error ? error.message : '';
	}
	return 'done';
}

/** A closed sandbox's file with a trigger, two sessions and two executions, one with a callback. */
async function filled(root: string): Promise<string> {
	const database = join(root, 'sandbox.db');
	const sandbox = await garden({ database });
	await ask(sandbox, { message: 'cactus' });
	const { url } = await receiver();
	await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	await sandbox.close();
	return database;
}

function exportOf(file: string, target: string) {
	const database = openDatabase(file);
	try {
		return exportDatabase(database, target);
	} finally {
		database.close();
	}
}

test('an export has everything, is readable by its owner only, and can be opened or imported', async () => {
	const root = folder();
	const file = await filled(root);
	const copy = join(root, 'a copy?vfs=memdb#%41é.db');
	expect(exportOf(file, copy)).toEqual({ triggers: 1, sessions: 2, executions: 2 });
	expect(statSync(copy).mode & 0o777).toBe(0o600);
	expect(existsSync(`${copy}.partial`)).toBe(false);
	const original = await garden({ database: file });
	const imported = await garden({ importFrom: copy });
	const opened = await garden({ database: copy });
	expect(imported.executions()).toEqual(original.executions());
	expect(opened.executions()).toEqual(original.executions());
	const { id } = original.executions()[1] ?? { id: '' };
	expect(imported.callbackAttempts(id)).toEqual(original.callbackAttempts(id));
});

test('totals are right after an import', async () => {
	const root = folder();
	const copy = join(root, 'copy.db');
	exportOf(await filled(root), copy);
	const database = join(root, 'other.db');
	await (await garden({ database, importFrom: copy })).close();
	const { n } = new DatabaseSync(database, { readOnly: true })
		.prepare('SELECT sum(n) AS n FROM execution_counts')
		.get() ?? { n: 0 };
	expect(n).toBe(1);
});

test('what is under way where a copy is taken is not done a second time by the copy', async () => {
	const root = folder();
	const database = join(root, 'sandbox.db');
	const sandbox = await garden({ database, tokenDelayMs: 60_000 });
	const { url, deliveries } = await receiver();
	await dispatchTo(sandbox, url);
	const copy = join(root, 'copy.db');
	exportOf(database, copy);
	expect(sandbox.executions()[0]?.status).toBe('running');
	for (const options of [{ importFrom: copy }, { importFrom: database }, { database: copy }]) {
		const [execution] = (await garden(options)).executions();
		expect(execution).toMatchObject({
			status: 'failed',
			error: { code: 'SANDBOX_STOPPED' },
			callback: { status: 'failed', attempts: 0 },
		});
	}
	expect(deliveries).toEqual([]);
});

test('an export never overwrites a file, and needs a folder to write to', async () => {
	const root = folder({ 'there.db': 'mine' });
	const file = await filled(root);
	const there = join(root, 'there.db');
	expect(sentence(() => exportOf(file, there))).toBe(
		`The file ${there} exists already: export to a new one.`,
	);
	expect(readFileSync(there, 'utf8')).toBe('mine');
	const nowhere = join(root, 'nowhere/copy.db');
	expect(sentence(() => exportOf(file, nowhere))).toBe(`The folder of ${nowhere} does not exist.`);
});

async function importFailure(importFrom: string, database?: string): Promise<string> {
	const options = { port: 0, library: [folder(GARDEN)], importFrom, ...(database && { database }) };
	const error = await startSandbox(options).then(
		sandbox => sandbox.close().then(() => 'started'),
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(SandboxSetupError);
	return error instanceof Error ? error.message : '';
}

test('a file that no sandbox has written is not imported', async () => {
	const root = folder({ 'letter.txt': 'Dear reader. '.repeat(50), 'empty.db': '' });
	const photos = new DatabaseSync(join(root, 'photos.db'));
	photos.exec('CREATE TABLE photos (id INTEGER)');
	photos.close();
	for (const name of ['letter.txt', 'empty.db', 'photos.db']) {
		expect(await importFailure(join(root, name))).toBe(
			`The file ${join(root, name)} is not a database of the sandbox.`,
		);
	}
	expect(await importFailure(join(root, 'no.db'))).toBe(`The file ${join(root, 'no.db')} does not exist.`);
});

test('an import of another version, with something unknown in it, or damaged, imports nothing', async () => {
	const root = folder();
	const copy = join(root, 'copy.db');
	exportOf(await filled(root), copy);
	const intact = readFileSync(copy);
	const altered = (sql: string) => {
		writeFileSync(copy, intact);
		const database = new DatabaseSync(copy);
		database.exec(sql);
		database.close();
	};
	const target = join(root, 'target.db');
	altered('PRAGMA user_version = 99');
	expect(await importFailure(copy, target)).toMatch(/another version of the sandbox \(schema 99,/);
	altered('CREATE TABLE photos (id INTEGER)');
	expect(await importFailure(copy, target)).toMatch(
		/holds something that the sandbox does not know: photos\.$/,
	);
	altered('ALTER TABLE callback_attempts ADD COLUMN mood TEXT');
	expect(await importFailure(copy, target)).toMatch(/cannot be imported/);
	writeFileSync(copy, Buffer.concat([intact.subarray(0, 4096), Buffer.alloc(intact.length - 4096, 0xee)]));
	expect(await importFailure(copy, target)).toMatch(/is damaged|cannot be imported/);
	const database = openDatabase(target);
	expect(contentsOf(database)).toEqual({ triggers: 0, sessions: 0, executions: 0 });
	database.close();
});

test('an import does not mix with what is there', async () => {
	const root = folder();
	const file = await filled(root);
	const copy = join(root, 'copy.db');
	exportOf(file, copy);
	expect(await importFailure(copy, file)).toBe(
		'An import needs an empty database: add --reset, or give another --database.',
	);
	expect((await garden({ database: file })).executions()).toHaveLength(2);
});

test("a reset deletes the sandbox's file with its log, also a damaged or an older one, and a missing one is fine", async () => {
	const root = folder();
	const file = await filled(root);
	writeFileSync(`${file}-wal`, '');
	resetDatabase(file);
	for (const suffix of ['', '-wal', '-shm']) expect(existsSync(file + suffix)).toBe(false);
	expect(sentence(() => resetDatabase(file))).toBe('done');
	for (const damage of [
		(bytes: Buffer) => bytes.fill(0xee, 100),
		(bytes: Buffer) => bytes.writeUInt32BE(1, 60),
	]) {
		openDatabase(file).close();
		const bytes = readFileSync(file);
		damage(bytes);
		writeFileSync(file, bytes);
		resetDatabase(file);
		expect(existsSync(file)).toBe(false);
	}
});

test('a reset does not touch a file of somebody else, or one in use', async () => {
	const root = folder({ 'letter.txt': 'Dear reader. '.repeat(50) });
	const letter = join(root, 'letter.txt');
	expect(sentence(() => resetDatabase(letter))).toBe(
		`The file ${letter} is not a database of the sandbox, so it is not deleted.`,
	);
	expect(existsSync(letter)).toBe(true);
	expect(sentence(() => resetDatabase(root))).toMatch(/cannot be read \(EISDIR\)\.$/);

	const database = join(root, 'sandbox.db');
	const sandbox = await garden({ database });
	await createTrigger(sandbox);
	expect(sentence(() => resetDatabase(database))).toBe(
		`The database ${database} is in use by another sandbox: stop that one first.`,
	);
	expect(existsSync(database)).toBe(true);
	await sandbox.close();
	expect(sentence(() => resetDatabase(database))).toBe('done');
});
