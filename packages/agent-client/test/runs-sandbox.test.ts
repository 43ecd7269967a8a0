import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallbackPayload, verifyCallback } from '../src/callbacks.ts';
import { createClient } from '../src/index.ts';
import { finishRun, startRun, waitForRun } from '../src/runs.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';

let sandbox: TestSandbox;
beforeAll(async () => {
	sandbox = await startTestSandbox({ tokenDelayMs: 0, callbacks: { retryDelaysMs: [] } });
});
afterAll(() => sandbox?.close());

const clientOf = (role: 'admin' | 'editor' | 'member') =>
	createClient({ apiKey: sandbox.keys[role], baseUrl: sandbox.url, allowHttp: true });
const ask = (runKey: string) => ({
	agentId: sandbox.agentId,
	message: `Say something about ${runKey}.`,
	runKey,
});

/** A receiver that passes on the first callback, as `verifyCallback` judges it. */
async function receive(
	verify: (
		rawBody: string,
		request: { url: string; headers: NodeJS.Dict<string | string[]> },
	) => Promise<CallbackPayload>,
) {
	let settle = (_payload: Promise<CallbackPayload>) => {};
	const payload = new Promise<CallbackPayload>(resolve => {
		settle = resolve;
	});
	const server = createServer(async (request, response) => {
		const rawBody = await text(request);
		settle(verify(rawBody, { url: request.url ?? '', headers: request.headers }));
		response.end();
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/resume`, payload, close: () => server.close() };
}

describe('a run against the sandbox', () => {
	it.each(['admin', 'editor'] as const)('is dispatched once and read back by a key of %s', async role => {
		const client = clientOf(role);
		const run = await startRun(client, ask(`a run of ${role}`));
		expect(await startRun(client, ask(`a run of ${role}`))).toEqual({ ...run, adopted: true });
		const execution = await waitForRun(client, run);
		expect(execution).toMatchObject({ status: 'completed', content: expect.any(String) });
		expect(await finishRun(client, run)).toEqual(execution);
		expect(await client.getTrigger(run)).toMatchObject({ enabled: false });
		expect(await startRun(client, ask(`a run of ${role}`))).toEqual({ ...run, adopted: true });
		const asked = (await sandbox.messages()).filter(message => message === ask(`a run of ${role}`).message);
		expect(asked).toHaveLength(1);
	});

	it('needs a key that may make triggers, and says so before anything is sent', async () => {
		await expect(startRun(clientOf('member'), ask('nothing'))).rejects.toMatchObject({
			kind: 'auth',
			status: 403,
			effect: 'none',
		});
	});

	it('started many times at once ends with one dispatch, and every start with it or with an error that says so', async () => {
		const client = clientOf('editor');
		const starts = Array.from({ length: 8 }, () => startRun(client, ask('eight at once')));
		const outcomes = await Promise.allSettled(starts);
		const run = await startRun(client, ask('eight at once'));
		for (const outcome of outcomes) {
			if (outcome.status === 'fulfilled') expect(outcome.value.executionId).toBe(run.executionId);
			else expect(outcome.reason).toMatchObject({ effect: 'none' });
		}
		const asked = (await sandbox.messages()).filter(message => message === ask('eight at once').message);
		expect(asked).toHaveLength(1);
	});

	it('calls back with its token and a signature, which verifyCallback takes', async () => {
		let token: string | undefined;
		let known = () => {};
		const started = new Promise<void>(resolve => {
			known = resolve;
		});
		const receiver = await receive(async (rawBody, { url, headers }) => {
			await started;
			return verifyCallback({ rawBody, headers, query: url.split('?')[1], token });
		});
		const client = clientOf('editor');
		const run = await startRun(client, { ...ask('a callback'), callbackUrl: receiver.url });
		token = run.callbackToken;
		known();
		const payload = await receiver.payload;
		receiver.close();
		expect(token).toMatch(/^[0-9a-f]{32}$/);
		expect(payload).toMatchObject({
			executionId: run.executionId,
			triggerId: run.triggerId,
			status: 'completed',
		});
		expect(await finishRun(client, run)).toMatchObject({ content: payload.content });
	});

	it('calls back with a signature that the secret of its trigger verifies', async () => {
		let secret = '';
		const receiver = await receive(async (rawBody, { headers }) =>
			verifyCallback({ rawBody, headers, secret }),
		);
		const client = clientOf('editor');
		const trigger = await client.createTrigger({
			agentId: sandbox.agentId,
			name: 'Signed',
			mode: 'async',
			callbackUrl: receiver.url,
		});
		secret = trigger.webhookSecret ?? '';
		const { executionId } = await client.dispatchAgent({ ...trigger, payload: { message: 'Hello' } });
		const payload = await receiver.payload;
		receiver.close();
		expect(payload).toMatchObject({
			executionId,
			event: 'execution.completed',
			deliveryId: expect.any(String),
		});
	});
});
