import { createHmac } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { postCallback } from '../src/callback-post.ts';
import {
	call,
	type Delivery,
	dispatchTo,
	folder,
	garden,
	isSettled,
	Json,
	receiver,
	until,
} from './harness.ts';

const FAST = { callbacks: { retryDelaysMs: [1, 1, 1] } };

function standardSignature(secret: string, { headers, body }: Delivery): string {
	const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
	return `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`;
}

async function serverThat(answer: RequestListener): Promise<string> {
	const server = createServer(answer);
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => server.closeAllConnections());
	onTestFinished(() => void server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A receiver that takes every request and never answers. */
const silence = () => serverThat(request => void request.resume());

test('a finished run is told to its callback, signed in both ways and without the key', async () => {
	const sandbox = await garden();
	const { url, deliveries } = await receiver();
	const { id, secret, executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	expect(deliveries).toHaveLength(1);
	const [delivery] = deliveries as [Delivery];
	const [execution] = sandbox.executions();
	expect(delivery.path).toBe('/callback?token=t');
	expect(JSON.parse(delivery.body)).toEqual({
		event: 'execution.completed',
		execution_id: executionId,
		trigger_id: id,
		agent_id: sandbox.agentId,
		session_id: execution?.sessionId,
		status: 'completed',
		response: execution?.response,
		sources: execution?.sources,
		usage: { input_tokens: 5, output_tokens: 9, total_tokens: 14, cost_usd: 0 },
		error: null,
		completed_at: new Date(execution?.completedAt ?? 0).toISOString(),
	});
	expect(delivery.headers).toMatchObject({
		'content-type': 'application/json',
		'webhook-id': `msg_${executionId}`,
		'webhook-signature': standardSignature(secret, delivery),
		'x-webhook-signature': createHmac('sha256', secret).update(delivery.body).digest('hex'),
		'x-zihin-execution-id': executionId,
		'x-zihin-attempt': '1',
	});
	expect(JSON.stringify(delivery.headers)).not.toMatch(/zhn_|authorization|x-api-key/i);
});

test('what became of the callback stands in the execution, with the host alone', async () => {
	const sandbox = await garden();
	const { url } = await receiver([204]);
	const { id, executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	const { body } = await call(sandbox, `GET /api/triggers/${id}/executions/${executionId}`);
	expect(body.at('data.callback')).toEqual({
		url_host: new URL(url).host,
		status: 'delivered',
		attempts: 1,
		last_status: 204,
	});
	expect(JSON.stringify(body.value)).not.toContain('token=t');
});

test('a run that failed is told as failed', async () => {
	const sandbox = await garden({ tokenDelayMs: 5_000 });
	const { url, deliveries } = await receiver();
	await dispatchTo(sandbox, url, { timeout_ms: 20 });
	await isSettled(sandbox);
	expect(JSON.parse(deliveries[0]?.body ?? '')).toMatchObject({
		event: 'execution.failed',
		status: 'timeout',
		response: null,
		error: { code: 'TURN_TIMEOUT' },
	});
});

test('a callback is repeated with the same id and a new attempt number until it is taken', async () => {
	const sandbox = await garden(FAST);
	const { url, deliveries } = await receiver([500, 409, 429, 200]);
	const { secret } = await dispatchTo(sandbox, url);
	const execution = await isSettled(sandbox);
	expect(execution.callback).toMatchObject({ status: 'delivered', attempts: 4, lastStatus: 200 });
	expect(deliveries.map(({ headers }) => headers['x-zihin-attempt'])).toEqual(['1', '2', '3', '4']);
	expect(new Set(deliveries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
	expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
	for (const delivery of deliveries) {
		expect(delivery.headers['webhook-signature']).toBe(standardSignature(secret, delivery));
	}
});

test('a callback that is never taken fails after its last attempt, and the result can still be read', async () => {
	const sandbox = await garden(FAST);
	const { url, deliveries } = await receiver([503]);
	const { id, executionId } = await dispatchTo(sandbox, url);
	const execution = await isSettled(sandbox);
	expect(execution.callback).toMatchObject({ status: 'failed', attempts: 4, lastStatus: 503 });
	expect(deliveries).toHaveLength(4);
	const { body } = await call(sandbox, `GET /api/triggers/${id}/executions/${executionId}`);
	expect(body.at('data.status')).toBe('completed');
});

test.each([300, 301, 302, 304, 400, 401, 404, 410])(
	'an answer of %i is a refusal and is not repeated',
	async status => {
		const sandbox = await garden(FAST);
		const { url, deliveries } = await receiver([status]);
		await dispatchTo(sandbox, url);
		expect((await isSettled(sandbox)).callback).toMatchObject({
			status: 'failed',
			attempts: 1,
			lastStatus: status,
		});
		expect(deliveries).toHaveLength(1);
	},
);

test('a redirect is not followed', async () => {
	const sandbox = await garden(FAST);
	const other = await receiver();
	const { url } = await receiver([307], { Location: other.url });
	await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	expect(other.deliveries).toEqual([]);
});

test.each([200, 201, 202, 204, 299])('an answer of %i is a delivery', async status => {
	const sandbox = await garden(FAST);
	const { url, deliveries } = await receiver([status]);
	await dispatchTo(sandbox, url);
	expect((await isSettled(sandbox)).callback).toMatchObject({ status: 'delivered', lastStatus: status });
	expect(deliveries).toHaveLength(1);
});

test('each attempt is signed for its own moment', async () => {
	const sandbox = await garden({ callbacks: { retryDelaysMs: [1_300] } });
	const { url, deliveries } = await receiver([500, 200]);
	const { secret } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	const [first, second] = deliveries.map(({ headers }) => Number(headers['webhook-timestamp']));
	expect(second).toBeGreaterThan(first ?? 0);
	expect(deliveries[1]?.headers['webhook-signature']).toBe(
		standardSignature(secret, deliveries[1] as Delivery),
	);
});

test('a receiver that says when it is back is not called before', async () => {
	const sandbox = await garden(FAST);
	const { url } = await receiver([503, 200], { 'Retry-After': '1' });
	const { executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	const [first, second] = sandbox.callbackAttempts(executionId);
	expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeGreaterThanOrEqual(1_000);
});

test('every attempt can be read: when, how long, and what came of it', async () => {
	const sandbox = await garden(FAST);
	const { url } = await receiver([500, 200]);
	const before = Date.now();
	const { executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	const attempts = sandbox.callbackAttempts(executionId);
	expect(attempts).toEqual([
		{ number: 1, startedAt: expect.any(Number), durationMs: expect.any(Number), status: 500, error: null },
		{ number: 2, startedAt: expect.any(Number), durationMs: expect.any(Number), status: 200, error: null },
	]);
	for (const { startedAt, durationMs } of attempts) {
		expect(startedAt).toBeGreaterThanOrEqual(before);
		expect(durationMs).toBeGreaterThanOrEqual(0);
	}
});

test('an attempt without an answer says why', async () => {
	const sandbox = await garden({ callbacks: { retryDelaysMs: [] } });
	const { executionId } = await dispatchTo(sandbox, 'http://127.0.0.1:1/callback?token=t');
	await isSettled(sandbox);
	const [attempt] = sandbox.callbackAttempts(executionId);
	expect(attempt).toMatchObject({ status: null, error: 'connect ECONNREFUSED 127.0.0.1:1' });
});

test('a receiver that says nothing costs one time limit and one attempt', async () => {
	const sandbox = await garden({ callbacks: { retryDelaysMs: [], timeoutMs: 30 } });
	const { executionId } = await dispatchTo(sandbox, await silence());
	await isSettled(sandbox);
	expect(sandbox.callbackAttempts(executionId)).toMatchObject([
		{ status: null, error: 'No answer within 30 ms.' },
	]);
});

test('receivers that take their time do not keep the others waiting', async () => {
	const sandbox = await garden({ callbacks: { retryDelaysMs: [] } });
	const silent = await silence();
	for (let n = 0; n < 20; n++) await dispatchTo(sandbox, silent);
	const { url, deliveries } = await receiver();
	await dispatchTo(sandbox, url);
	await until(() => deliveries[0]);
	const pending = sandbox.executions().filter(({ callback }) => callback?.status === 'pending');
	expect(pending).toHaveLength(20);
});

test('no more than eight callbacks at a time go to one receiver, and each goes', async () => {
	const sandbox = await garden(FAST);
	const held: (() => void)[] = [];
	let [open, most, taken] = [0, 0, 0];
	const url = await serverThat((request, response) => {
		request.resume();
		most = Math.max(most, ++open);
		held.push(() => {
			open--;
			taken++;
			response.end();
		});
	});
	await Promise.all(Array.from({ length: 40 }, () => dispatchTo(sandbox, url)));
	await until(() => (sandbox.executions().every(({ completedAt }) => completedAt) ? true : undefined));
	await until(() => (held.length === 8 ? true : undefined));
	await until(() => {
		held.shift()?.();
		return taken === 40 ? true : undefined;
	});
	expect(most).toBe(8);
});

test('a delivered callback can be sent again, under its own id', async () => {
	const sandbox = await garden();
	const { url, deliveries } = await receiver();
	const { executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	expect(sandbox.resendCallback(executionId)).toBe(true);
	await until(() => deliveries[1]);
	expect(deliveries[1]?.body).toBe(deliveries[0]?.body);
	expect(deliveries[1]?.headers['webhook-id']).toBe(deliveries[0]?.headers['webhook-id']);
	expect(deliveries[1]?.headers['x-zihin-attempt']).toBe('2');
});

test('a callback that failed is sent again with all its attempts', async () => {
	const sandbox = await garden({ callbacks: { retryDelaysMs: [1] } });
	const { url } = await receiver([500, 500, 500, 200]);
	const { executionId } = await dispatchTo(sandbox, url);
	expect((await isSettled(sandbox)).callback).toMatchObject({ status: 'failed', attempts: 2 });
	expect(sandbox.resendCallback(executionId)).toBe(true);
	const sent = await isSettled(sandbox);
	expect(sent.callback).toEqual({
		urlHost: new URL(url).host,
		status: 'delivered',
		attempts: 4,
		lastStatus: 200,
	});
});

test('where there is nothing to send, nothing is sent again', async () => {
	const sandbox = await garden({ tokenDelayMs: 60_000 });
	const { url } = await receiver();
	const { executionId } = await dispatchTo(sandbox, url);
	expect(sandbox.resendCallback(executionId)).toBe(false);
	expect(sandbox.resendCallback('nobody')).toBe(false);
});

test('of very many attempts the last fifty can be read', async () => {
	const sandbox = await garden({ callbacks: { retryDelaysMs: Array<number>(60).fill(0) } });
	const { url } = await receiver([500]);
	const { executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	const numbers = sandbox.callbackAttempts(executionId).map(({ number }) => number);
	expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([50, 12, 61]);
});

test('in the bare profile a callback is unsigned and tried once: as little as the platform documents', async () => {
	const sandbox = await garden({ profile: 'bare', callbacks: { retryDelaysMs: [1, 1] } });
	const { url, deliveries } = await receiver([500]);
	await dispatchTo(sandbox, url);
	expect((await isSettled(sandbox)).callback).toMatchObject({ status: 'failed', attempts: 1 });
	expect(Object.keys(deliveries[0]?.headers ?? {}).sort()).toEqual([
		'connection',
		'content-length',
		'content-type',
		'host',
	]);
});

test('a callback goes to the URL of its dispatch, even when the trigger is gone before it is sent', async () => {
	const sandbox = await garden({ tokenDelayMs: 20 });
	const { url, deliveries } = await receiver();
	const { id, secret } = await dispatchTo(sandbox, url);
	await call(sandbox, `DELETE /api/triggers/${id}`);
	await until(() => deliveries[0]);
	const [delivery] = deliveries as [Delivery];
	expect(delivery.headers['webhook-signature']).toBe(standardSignature(secret, delivery));
});

test.each(['http://169.254.169.254/latest', 'http://[fe80::1]/', 'http://0.0.0.0:1/'])(
	'%s is not connected to, however it came into the database',
	async url => {
		const options = { timeoutMs: 1_000, signal: new AbortController().signal };
		expect(await postCallback(new URL(url), {}, '{}', options)).toEqual({
			status: null,
			error: 'Callbacks are not sent to link-local, metadata or multicast addresses.',
		});
	},
);

test('what was not delivered before the sandbox closed is delivered when it is there again', async () => {
	const database = join(folder(), 'sandbox.db');
	const { url, deliveries } = await receiver([500, 200]);
	const before = await garden({ database, callbacks: { retryDelaysMs: [200] } });
	await dispatchTo(before, url);
	await until(() => before.executions().at(-1)?.callback?.attempts || undefined);
	await before.close();
	const after = await garden({ database });
	expect((await isSettled(after)).callback).toMatchObject({ status: 'delivered', attempts: 2 });
	expect(deliveries[1]?.headers['webhook-id']).toBe(deliveries[0]?.headers['webhook-id']);
});

test('a receiver that is not there is tried again', async () => {
	const sandbox = await garden(FAST);
	await dispatchTo(sandbox, 'http://127.0.0.1:1/');
	expect((await isSettled(sandbox)).callback).toEqual({
		urlHost: '127.0.0.1:1',
		status: 'failed',
		attempts: 4,
		lastStatus: null,
	});
});

test('a receiver that talks on and on is cut off, and its status counts', async () => {
	const sandbox = await garden(FAST);
	const url = await serverThat((_, response) => {
		response.writeHead(200);
		const talk = () => {
			while (!response.destroyed && response.write('x'.repeat(10_000)));
		};
		response.on('drain', talk);
		talk();
	});
	await dispatchTo(sandbox, url);
	expect((await isSettled(sandbox)).callback).toMatchObject({ status: 'delivered', attempts: 1 });
});

test('a synchronous run has no callback', async () => {
	const sandbox = await garden();
	const { url, deliveries } = await receiver();
	await dispatchTo(sandbox, url, { mode: 'sync' });
	expect(sandbox.executions()[0]).toMatchObject({ status: 'completed', callback: null });
	expect(deliveries).toEqual([]);
});

test('closing the sandbox does not wait for the next attempt', async () => {
	const sandbox = await garden({ callbacks: { retryDelaysMs: [3_600_000] } });
	const { url, deliveries } = await receiver([500]);
	await dispatchTo(sandbox, url);
	await until(() => sandbox.executions().at(-1)?.callback?.attempts || undefined);
	await sandbox.close();
	expect(deliveries).toHaveLength(1);
	expect(new Json(JSON.parse(deliveries[0]?.body ?? '')).at('status')).toBe('completed');
});
