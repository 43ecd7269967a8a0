import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../src/database.ts';
import { SandboxSetupError } from '../src/index.ts';
import { ask, call, createTrigger, folder, GARDEN, garden, until } from './harness.ts';

const CLI = join(import.meta.dirname, '../src/cli.ts');

function refusal(file: string): string {
	try {
		openDatabase(file).close();
	} catch (error) {
		expect(error).toBeInstanceOf(SandboxSetupError);
		return error instanceof Error ? error.message : '';
	}
	return 'opened';
}

test('what was there when the sandbox closed is there when it opens again', async () => {
	const database = join(folder(), 'sandbox.db');
	const library = [folder(GARDEN)];
	const before = await garden({ database, library });
	const { id } = await createTrigger(before);
	const headers = { 'Idempotency-Key': 'k1' };
	const dispatch = { body: { message: 'cactus \ud800' }, headers };
	const dispatched = await call(before, `POST /api/triggers/webhook/${id}`, dispatch);
	const first = await ask(before, { message: 'cactus' });
	const executions = before.executions();
	await before.close();

	const after = await garden({ database, library });
	expect(after.executions()).toEqual(executions);
	expect((await call(after, `GET /api/triggers/${id}`)).body.at('data.name')).toBe('Integration');
	const replay = await call(after, `POST /api/triggers/webhook/${id}`, dispatch);
	expect(replay.body.at('execution_id')).toBe(dispatched.body.at('execution_id'));
	const second = await ask(after, { message: 'Tell me more', session_id: first.sessionId });
	expect(second.sources).toHaveLength(1);
	expect(second.sources).not.toEqual(first.sources);
});

test('without a file nothing outlives the sandbox', async () => {
	const before = await garden();
	await createTrigger(before);
	await before.close();
	expect((await call(await garden(), 'GET /api/triggers')).body.at('pagination.total')).toBe(0);
});

test('the file can be read by its owner only, and is kept in WAL mode', async () => {
	const file = join(folder(), 'sandbox.db');
	await garden({ database: file });
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
});

test('a killed sandbox loses no accepted dispatch: it is there, marked as failed', async () => {
	const root = folder(GARDEN);
	const database = join(root, 'sandbox.db');
	const args = ['--port', '0', '--library', root, '--database', database, '--token-delay', '60000'];
	const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args]);
	onTestFinished(() => void child.kill('SIGKILL'));
	let output = '';
	child.stdout.on('data', chunk => {
		output += chunk;
	});
	const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]);
	const running = { ...(await garden()), url };
	const { id } = await createTrigger(running, { execution: { mode: 'async' } });
	const accepted = await call(running, `POST /api/triggers/webhook/${id}`, { body: { message: 'cactus' } });
	expect(accepted.status).toBe(202);
	child.kill('SIGKILL');
	await once(child, 'exit');

	const sandbox = await garden({ database });
	const execution = await call(
		sandbox,
		`GET /api/triggers/${id}/executions/${accepted.body.text('execution_id')}`,
	);
	expect(execution.body.at('data')).toMatchObject({ status: 'failed', error: { code: 'SANDBOX_STOPPED' } });
});

test.each([
	[99, 'a newer'],
	[1, 'an older'],
])('a database of schema %i is refused and left alone', (version, age) => {
	const file = join(folder(), 'sandbox.db');
	openDatabase(file).close();
	const other = new DatabaseSync(file);
	other.exec(`PRAGMA user_version = ${version}`);
	other.close();
	const before = readFileSync(file);
	expect(refusal(file)).toBe(
		`The database ${file} was made by ${age} sandbox (schema ${version}, this one knows 4).`,
	);
	expect(readFileSync(file).equals(before)).toBe(true);
});

test("another program's database is refused and left alone", () => {
	const file = join(folder(), 'other.db');
	const other = new DatabaseSync(file);
	other.exec('CREATE TABLE photos (id INTEGER)');
	other.close();
	const before = readFileSync(file);
	expect(refusal(file)).toBe(`The file ${file} is a database of another program.`);
	expect(readFileSync(file).equals(before)).toBe(true);
});

test('a file that is no database is refused and left alone', () => {
	const root = folder({ 'letter.txt': 'Dear reader, this is a letter and no database at all. '.repeat(50) });
	const file = join(root, 'letter.txt');
	const before = readFileSync(file);
	expect(refusal(file)).toBe(`The file ${file} is not a SQLite database, or it is damaged.`);
	expect(readFileSync(file).equals(before)).toBe(true);
});

test('a damaged database is refused', () => {
	const file = join(folder(), 'sandbox.db');
	openDatabase(file).close();
	const bytes = readFileSync(file);
	writeFileSync(file, Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 0xee)]));
	expect(refusal(file)).toBe(`The file ${file} is not a SQLite database, or it is damaged.`);
});

test('what stands in the log alone is there after a copy of file and log', async () => {
	const root = folder();
	const [file, copy] = [join(root, 'sandbox.db'), join(root, 'copy.db')];
	const sandbox = await garden({ database: file });
	const { id } = await createTrigger(sandbox);
	for (const suffix of ['', '-wal']) copyFileSync(file + suffix, copy + suffix);
	expect(readFileSync(copy).includes(id)).toBe(false);
	const copied = await garden({ database: copy });
	expect((await call(copied, `GET /api/triggers/${id}`)).status).toBe(200);
});

test('a file that cannot be written to is refused', () => {
	const root = folder();
	const file = join(root, 'sandbox.db');
	openDatabase(file).close();
	chmodSync(file, 0o444);
	chmodSync(root, 0o555);
	// Permissions mean nothing to root, in whose name many a container runs its tests.
	const isRoot = process.getuid?.() === 0;
	if (isRoot) process.seteuid?.('nobody');
	try {
		expect(refusal(file)).toMatch(/ is read-only\.$| could not be opened: /);
	} finally {
		if (isRoot) process.seteuid?.(0);
		chmodSync(root, 0o755);
	}
});

test('on a full disk a dispatch is refused, and what was accepted is intact', async () => {
	const root = folder(GARDEN);
	const database = join(root, 'sandbox.db');
	// A limit to the size of files is what a full disk is to a program, without filling one.
	const command = 'ulimit -f 1000; exec "$@"';
	const args = ['--port', '0', '--library', join(root, 'garden.md'), '--database', database];
	const node = [process.execPath, '--disable-warning=ExperimentalWarning', CLI, ...args];
	const child = spawn('sh', ['-c', command, 'sh', ...node]);
	onTestFinished(() => void child.kill('SIGKILL'));
	let output = '';
	child.stdout.on('data', chunk => {
		output += chunk;
	});
	const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]);
	const running = { ...(await garden()), url };
	const { id } = await createTrigger(running, { execution: { mode: 'async' } });
	const accepted: string[] = [];
	const dispatch = () =>
		call(running, `POST /api/triggers/webhook/${id}`, { body: { message: 'x'.repeat(50_000) } });
	let answer = await dispatch();
	while (answer.status === 202 && accepted.length < 100) {
		accepted.push(answer.body.text('execution_id'));
		answer = await dispatch();
	}
	expect(answer.status).toBe(503);
	expect(answer.body.at('error.code')).toBe('STORAGE_ERROR');
	expect((await call(running, 'GET /health')).status).toBe(200);
	child.kill('SIGKILL');
	await once(child, 'exit');

	const sandbox = await garden({ database });
	const kept = sandbox.executions().map(execution => execution.id);
	expect(accepted.filter(each => !kept.includes(each))).toEqual([]);
	const reading = new DatabaseSync(database, { readOnly: true });
	expect(reading.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
	reading.close();
});

test('a folder that is not there, or is the file itself, is refused', () => {
	const root = folder();
	expect(refusal(join(root, 'no/sandbox.db'))).toBe(
		`The folder of the database ${join(root, 'no/sandbox.db')} does not exist.`,
	);
	expect(refusal(root)).toMatch(/could not be opened/);
});
