import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { call, createTrigger, type Delivery, eventually, garden, Json, receiver, until } from './harness.ts';

const FAST = { callbackRetryDelaysMs: [1, 1, 1] };

async function dispatchTo(sandbox: Sandbox, url: string, execution: Record<string, unknown> = {}) {
	const trigger = await createTrigger(sandbox, {
		execution: { mode: 'async', callback: { url }, ...execution },
	});
	const body = { message: 'When do tomatoes need staking?' };
	const answer = await call(sandbox, `POST /api/triggers/webhook/${trigger.id}`, { body });
	return { ...trigger, executionId: answer.body.text('execution_id') };
}

const isSettled = (sandbox: Sandbox) =>
	eventually(sandbox, ({ callback }) => callback?.status === 'delivered' || callback?.status === 'failed');

function standardSignature(secret: string, { headers, body }: Delivery): string {
	const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
	return `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`;
}

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
	const server = createServer((_, response) => {
		response.writeHead(200);
		const talk = () => {
			while (!response.destroyed && response.write('x'.repeat(10_000)));
		};
		response.on('drain', talk);
		talk();
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => server.closeAllConnections());
	onTestFinished(() => void server.close());
	await dispatchTo(sandbox, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
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
	const sandbox = await garden({ callbackRetryDelaysMs: [3_600_000] });
	const { url, deliveries } = await receiver([500]);
	await dispatchTo(sandbox, url);
	await until(() => sandbox.executions().at(-1)?.callback?.attempts || undefined);
	await sandbox.close();
	expect(deliveries).toHaveLength(1);
	expect(new Json(JSON.parse(deliveries[0]?.body ?? '')).at('status')).toBe('completed');
});
