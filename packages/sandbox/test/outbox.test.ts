import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CallbackOutbox } from '../src/callback-outbox.ts';
import { openDatabase } from '../src/database.ts';
import { type ExecutionEnd, Executions } from '../src/executions.ts';
import { SANDBOX_AGENT_ID } from '../src/index.ts';
import { dispatchTo, eventually, folder, garden, isSettled, receiver, until } from './harness.ts';

/** What a process left that was killed: it wrote this much, and is not there any more. */
function left(file: string, write: (executions: Executions, outbox: CallbackOutbox) => void): void {
	const database = openDatabase(file);
	const outbox = new CallbackOutbox(database, 'killed');
	write(new Executions(database, outbox, 'killed'), outbox);
	database.close();
}

const answered = (response: string): ExecutionEnd => ({
	status: 'completed',
	response,
	sources: [],
	toolsUsed: [],
	usage: { inputTokens: 1, outputTokens: 1 },
});

const accepted = (url: string) => ({
	agentId: SANDBOX_AGENT_ID,
	sessionId: 'a session',
	triggerId: 'a trigger',
	message: 'cactus',
	input: {},
	model: 'library',
	accepted: { deadlineMs: 60_000, callback: { url, secret: 'whs_secret', fault: undefined } },
});

test('an accepted run that had not begun is begun at the next start, and its callback comes', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url, deliveries } = await receiver();
	left(database, executions => executions.add(accepted(url)));
	const sandbox = await garden({ database });
	expect((await isSettled(sandbox)).status).toBe('completed');
	expect(JSON.parse(deliveries[0]?.body ?? '')).toMatchObject({ event: 'execution.completed' });
});

test('a run that had begun is not run again: it ends as failed, and its callback says so', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url, deliveries } = await receiver();
	left(database, executions => executions.begin(executions.add(accepted(url))));
	const sandbox = await garden({ database });
	expect(await isSettled(sandbox)).toMatchObject({ status: 'failed', error: { code: 'SANDBOX_STOPPED' } });
	expect(JSON.parse(deliveries[0]?.body ?? '')).toMatchObject({
		event: 'execution.failed',
		error: { code: 'SANDBOX_STOPPED' },
	});
});

test('a run whose beginning could not be stored is begun as soon as it can be', async () => {
	const database = join(folder(), 'sandbox.db');
	const sandbox = await garden({ database });
	const sabotage = new DatabaseSync(database);
	sabotage.exec(`CREATE TRIGGER no_beginnings BEFORE UPDATE OF status ON executions WHEN NEW.status = 'running'
		BEGIN SELECT RAISE(ABORT, 'on purpose'); END`);
	const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
	onTestFinished(() => complaints.mockRestore());
	const { url } = await receiver();
	await dispatchTo(sandbox, url);
	expect(sandbox.executions()[0]).toMatchObject({ status: 'pending' });
	expect(complaints).toHaveBeenCalledOnce();
	sabotage.exec('DROP TRIGGER no_beginnings');
	sabotage.close();
	expect((await isSettled(sandbox)).status).toBe('completed');
});

test('a run whose caller waited for the answer itself is not begun for nobody', async () => {
	const database = join(folder(), 'sandbox.db');
	const { accepted: _, ...synchronous } = accepted('');
	left(database, executions => executions.add(synchronous));
	expect((await garden({ database })).executions()[0]).toMatchObject({
		status: 'failed',
		startedAt: null,
		error: { code: 'SANDBOX_STOPPED' },
	});
});

test('a run of an agent that is not there any more ends as failed, and its callback says so', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url, deliveries } = await receiver();
	left(database, executions => executions.add({ ...accepted(url), agentId: 'gone' }));
	expect((await isSettled(await garden({ database }))).error?.code).toBe('AGENT_NOT_FOUND');
	expect(deliveries).toHaveLength(1);
});

test('a callback that was being sent when its process died is sent again', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url, deliveries } = await receiver();
	left(database, (executions, outbox) => {
		const id = executions.add(accepted(url));
		executions.finish(id, answered('x'));
		expect(outbox.claim(new URL(url).host, Date.now(), 1)).toHaveLength(1);
	});
	await isSettled(await garden({ database }));
	expect(deliveries[0]?.headers['x-zihin-attempt']).toBe('1');
});

test('an answer too large for a callback is left out of it, and can be read back', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url, deliveries } = await receiver();
	const response = 'x'.repeat(2 ** 20);
	left(database, executions => executions.finish(executions.add(accepted(url)), answered(response)));
	expect((await isSettled(await garden({ database }))).response).toBe(response);
	expect(JSON.parse(deliveries[0]?.body ?? '')).toMatchObject({ status: 'completed', response: null });
});

test('a callback that is due after the clock was set back comes all the same', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url } = await receiver();
	left(database, executions => {
		const id = executions.add(accepted(url));
		executions.finish(id, answered('x'));
	});
	const clock = new DatabaseSync(database);
	clock.exec('UPDATE callbacks SET scheduled_at = scheduled_at + 3600000, due_at = due_at + 3600000');
	clock.close();
	expect((await isSettled(await garden({ database }))).callback?.status).toBe('delivered');
});

test('what a living sandbox works on is not touched by another one on the same file', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url, deliveries } = await receiver();
	const one = await garden({ database, tokenDelayMs: 20 });
	await dispatchTo(one, url);
	const other = await garden({ database });
	expect(other.executions()).toMatchObject([{ status: 'running' }]);
	expect((await isSettled(one)).status).toBe('completed');
	expect(deliveries).toHaveLength(1);
});

test('two sandboxes on one file make each attempt once', async () => {
	const database = join(folder(), 'sandbox.db');
	const options = { database, callbacks: { retryDelaysMs: [5, 5, 5] } };
	const [one, other] = [await garden(options), await garden(options)];
	const { url, deliveries } = await receiver([...Array<number>(60).fill(503), 200]);
	await Promise.all([one, other].flatMap(each => Array.from({ length: 20 }, () => dispatchTo(each, url))));
	await until(() =>
		one
			.executions()
			.every(({ callback }) => callback?.status === 'delivered' || callback?.status === 'failed')
			? true
			: undefined,
	);
	const attempts = deliveries.map(({ headers }) => `${headers['webhook-id']} ${headers['x-zihin-attempt']}`);
	expect(attempts.length).toBeGreaterThan(40);
	expect(new Set(attempts).size).toBe(attempts.length);
	expect(one.executions()).toEqual(other.executions());
});

test('what a sandbox leaves when it closes, another one on the same file goes on with', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url, deliveries } = await receiver([500, 200]);
	const one = await garden({ database, callbacks: { retryDelaysMs: [400] } });
	await dispatchTo(one, url);
	await eventually(one, ({ callback }) => callback?.attempts === 1);
	const other = await garden({ database });
	await one.close();
	expect((await isSettled(other)).callback).toMatchObject({ status: 'delivered', attempts: 2 });
	expect(deliveries).toHaveLength(2);
});
