import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CallbackFault } from '../src/faults/fault.ts';
import type { RecordedExecution, Sandbox } from '../src/index.ts';
import {
	call,
	type Delivery,
	dispatchTo,
	folder,
	GARDEN,
	garden,
	isSettled,
	Json,
	receiver,
	until,
} from './harness.ts';

async function switchOn(sandbox: Sandbox, agentId: string, ...faults: CallbackFault[]): Promise<void> {
	const body = { agent_id: agentId, faults };
	expect((await call(sandbox, 'PUT /sandbox/api/faults', { body })).status).toBe(200);
}

async function faulty(fault: CallbackFault): Promise<Sandbox> {
	const sandbox = await garden({ callbacks: { retryDelaysMs: [1, 1] } });
	await switchOn(sandbox, sandbox.agentId, fault);
	return sandbox;
}

function isTrue(secret: string, { headers, body }: Delivery): boolean {
	return headers['x-webhook-signature'] === createHmac('sha256', secret).update(body).digest('hex');
}

const bodyOf = (delivery: Delivery | undefined) => new Json(JSON.parse(delivery?.body ?? 'null'));

test('a fault hits the callbacks of its agent, and those of no other', async () => {
	const sandbox = await faulty({ name: 'callback-lost' });
	const other = (await call(sandbox, 'GET /api/v2/agents')).body.text('data.1.id');
	const { url, deliveries } = await receiver();
	await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	expect(deliveries).toEqual([]);
	await switchOn(sandbox, other, { name: 'callback-lost' });
	await switchOn(sandbox, sandbox.agentId);
	await dispatchTo(sandbox, url);
	await until(() => deliveries[0]);
});

test('a duplicate callback comes twice, under one id', async () => {
	const sandbox = await faulty({ name: 'callback-duplicate' });
	const { url, deliveries } = await receiver();
	const { executionId } = await dispatchTo(sandbox, url);
	await until(() => sandbox.callbackAttempts(executionId)[1]);
	expect(deliveries).toHaveLength(2);
	expect(new Set(deliveries.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
	expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
	expect(sandbox.executions()[0]?.callback).toMatchObject({ status: 'delivered', attempts: 2 });
});

test('a late callback comes after its delay', async () => {
	const sandbox = await faulty({ name: 'callback-late', value: 300 });
	const { url } = await receiver();
	const { executionId } = await dispatchTo(sandbox, url);
	const { completedAt } = await isSettled(sandbox);
	const [attempt] = sandbox.callbackAttempts(executionId);
	expect((attempt?.startedAt ?? 0) - (completedAt ?? 0)).toBeGreaterThanOrEqual(300);
});

test('an early callback comes before the dispatch is answered and before there is a result', async () => {
	let atCallback: readonly RecordedExecution[] = [];
	const sandbox: Sandbox = await faulty({ name: 'callback-early' });
	const { url, deliveries } = await receiver([200], {}, () => {
		atCallback = sandbox.executions();
	});
	const { executionId } = await dispatchTo(sandbox, url);
	expect(atCallback).toMatchObject([{ id: executionId, status: 'pending', response: null }]);
	expect(bodyOf(deliveries[0]).value).toMatchObject({
		event: 'execution.completed',
		execution_id: executionId,
		status: 'completed',
		response: null,
	});
	// The receiver has taken it, so nothing more comes.
	await until(() => (sandbox.executions()[0]?.status === 'completed' ? true : undefined));
	expect((await isSettled(sandbox)).callback).toMatchObject({ status: 'delivered', attempts: 1 });
	expect(deliveries).toHaveLength(1);
});

test('an early callback that is refused comes again, with the result', async () => {
	const sandbox = await faulty({ name: 'callback-early' });
	const { url, deliveries } = await receiver([409, 200]);
	await dispatchTo(sandbox, url);
	expect((await isSettled(sandbox)).callback).toMatchObject({ status: 'delivered', attempts: 2 });
	expect(bodyOf(deliveries[1]).text('response')).toContain('Tomatoes');
	expect(deliveries[1]?.headers['webhook-id']).toBe(deliveries[0]?.headers['webhook-id']);
});

test('a forged callback has another result, a wrong token and a wrong signature; the true one follows', async () => {
	const sandbox = await faulty({ name: 'callback-forged' });
	const { url, deliveries } = await receiver();
	const { secret, executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	const [forged, delivered] = deliveries as [Delivery, Delivery];
	expect(forged.path).toMatch(/^\/callback\?token=.{8,}/);
	expect(bodyOf(forged).value).toMatchObject({ execution_id: executionId, response: 'Forged.' });
	expect(isTrue(secret, forged)).toBe(false);
	expect(delivered.path).toBe('/callback?token=t');
	expect(isTrue(secret, delivered)).toBe(true);
	expect(sandbox.callbackAttempts(executionId)).toHaveLength(1);
});

test('a foreign callback tells of another execution, truly signed; the own one follows', async () => {
	const sandbox = await garden();
	const other = await receiver();
	const { executionId: otherId } = await dispatchTo(sandbox, other.url);
	await isSettled(sandbox);
	await switchOn(sandbox, sandbox.agentId, { name: 'callback-foreign' });
	const { url, deliveries } = await receiver();
	const { secret, executionId } = await dispatchTo(sandbox, url);
	await until(() => deliveries[1]);
	const [foreign, own] = deliveries as [Delivery, Delivery];
	expect(bodyOf(foreign).at('execution_id')).toBe(otherId);
	expect(foreign.headers['webhook-id']).toBe(`msg_${otherId}`);
	expect(isTrue(secret, foreign)).toBe(true);
	expect(bodyOf(own).at('execution_id')).toBe(executionId);
});

test('where no other execution is, a foreign callback tells of one that does not exist', async () => {
	const sandbox = await faulty({ name: 'callback-foreign' });
	const { url, deliveries } = await receiver();
	const { id, executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	const foreignId = bodyOf(deliveries[0]).text('execution_id');
	expect(foreignId).not.toBe(executionId);
	expect((await call(sandbox, `GET /api/triggers/${id}/executions/${foreignId}`)).status).toBe(404);
});

test('a lost callback is never sent, and shows as not delivered', async () => {
	const sandbox = await faulty({ name: 'callback-lost' });
	const { url, deliveries } = await receiver();
	const { executionId } = await dispatchTo(sandbox, url);
	expect(await isSettled(sandbox)).toMatchObject({ status: 'completed', callback: { status: 'failed' } });
	expect(sandbox.callbackAttempts(executionId)).toMatchObject([
		{ status: null, error: 'Lost on purpose (callback-lost).' },
	]);
	expect(deliveries).toEqual([]);
	// Sent again by hand, it arrives.
	sandbox.resendCallback(executionId);
	await until(() => deliveries[0]);
});

test('a fault that was asked for at the dispatch outlives the sandbox', async () => {
	const options = { database: `${folder()}/sandbox.db`, library: [folder(GARDEN)] };
	const { url, deliveries } = await receiver();
	const before = await garden(options);
	await switchOn(before, before.agentId, { name: 'callback-late', value: 600_000 });
	await dispatchTo(before, url);
	await until(() => before.executions()[0]?.completedAt ?? undefined);
	await before.close();
	const after = await garden(options);
	expect(after.executions()[0]?.callback).toMatchObject({ status: 'pending', attempts: 0 });
	expect(deliveries).toEqual([]);
});
