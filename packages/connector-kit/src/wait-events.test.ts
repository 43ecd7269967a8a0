import { createClient, type ZihinClient } from '@zihin/agent-client';
import { startRun } from '@zihin/agent-client/runs';
import { type Sandbox, startSandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callbackEvent, readEvent } from './wait-events.ts';

const RUN = { triggerId: 't1', executionId: 'e1' };
const token = 'a'.repeat(32);

describe('a callback', () => {
	const eventOf = (body: string, zihin_token: string) =>
		callbackEvent(crypto, { rawBody: body, token, query: { zihin_token } }, RUN);

	it.each([
		['of our run', '{"execution_id":"e1"}', token, 'ok'],
		['that names no run', '{}', token, 'ok'],
		['of another run', '{"execution_id":"e2"}', token, 'foreign'],
		['with a wrong token', '{"execution_id":"e1"}', 'b'.repeat(32), 'wrong'],
	])('%s is told apart', async (_name, body, given, expected) => {
		expect(await eventOf(body, given)).toEqual({ type: 'callback', token: expected });
	});

	it('that is true and cannot be read is an error, not an event', async () => {
		await expect(eventOf('not JSON', token)).rejects.toMatchObject({ kind: 'protocol' });
	});
});

describe('reading a run', () => {
	let sandbox: Sandbox;
	let client: ZihinClient;
	beforeAll(async () => {
		sandbox = await startSandbox({ port: 0 });
		client = createClient({ apiKey: sandbox.keys.admin, baseUrl: sandbox.url, allowHttp: true });
	});
	afterAll(() => sandbox.close());

	it('tells its status, and gives the run', async () => {
		const run = await startRun(client, { agentId: sandbox.agentId, message: 'Hi', runKey: 'read' });
		await client.waitForExecution(run);
		const { triggerId, executionId } = run;
		const { event, execution } = await readEvent(client, { triggerId, executionId });
		expect(event).toEqual({ type: 'read', found: { triggerId, executionId, status: 'completed' } });
		expect(execution?.executionId).toBe(executionId);
	});

	it('tells a run that is gone from one that cannot be read now', async () => {
		const gone = { triggerId: crypto.randomUUID(), executionId: crypto.randomUUID() };
		expect((await readEvent(client, gone)).event.found).toBe('absent');
		const wrong = createClient({ apiKey: 'zhn_test_wrong', baseUrl: sandbox.url, allowHttp: true });
		expect((await readEvent(wrong, gone)).event.found).toBe('unreadable');
	});

	it('ends when it is cancelled', async () => {
		const options = { signal: AbortSignal.abort() };
		await expect(readEvent(client, RUN, options)).rejects.toMatchObject({ kind: 'aborted' });
	});
});
