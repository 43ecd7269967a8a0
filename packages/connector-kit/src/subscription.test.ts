import { createClient, type ZihinClient } from '@zihin/agent-client';
import { signPayload } from '@zihin/agent-client/callbacks';
import { type Sandbox, startSandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StubServer, startStubServer } from '../testing/stub-server.ts';
import { finishedRun } from './finished-run.ts';
import { isSubscribed, type Subscriber, type Subscription, subscribe, unsubscribe } from './subscription.ts';

let sandbox: Sandbox;
let client: ZihinClient;
/** Where the workflows listen: it takes every callback. */
let hook: StubServer;
const clientWith = (apiKey: string) => createClient({ apiKey, baseUrl: sandbox.url, allowHttp: true });
beforeAll(async () => {
	hook = await startStubServer(response => response.end());
	sandbox = await startSandbox({ port: 0 });
	client = clientWith(sandbox.keys.admin);
});
afterAll(async () => {
	await sandbox.close();
	await hook.close();
});

const of = (url: string): Subscriber => ({ platform: 'n8n', agentId: sandbox.agentId, url });

describe('a subscription', () => {
	it('is one trigger for each URL, with a token in its callback URL', async () => {
		const one = await subscribe(crypto, client, of(`${hook.url}/1`));
		const two = await subscribe(crypto, client, of(`${hook.url}/2?a=b`));
		expect(one.triggerId).not.toBe(two.triggerId);
		expect(one.callbackUrl).toBe(`${hook.url}/1?zihin_token=${one.callbackToken}`);
		expect(two.callbackUrl).toBe(`${hook.url}/2?a=b&zihin_token=${two.callbackToken}`);
		expect(one.callbackToken).toMatch(/^[0-9a-f]{32}$/);
		expect(one.webhookSecret).toMatch(/^whs_/);
	});

	it('that was lost is taken over, with another token', async () => {
		const lost = await subscribe(crypto, client, of(`${hook.url}/lost`));
		const found = await subscribe(crypto, client, of(`${hook.url}/lost`));
		expect(found.triggerId).toBe(lost.triggerId);
		expect(found.callbackToken).not.toBe(lost.callbackToken);
		expect(await isSubscribed(client, lost, of(`${hook.url}/lost`))).toBe(false);
		expect(await isSubscribed(client, found, of(`${hook.url}/lost`))).toBe(true);
	});

	it('is over when the agent or the URL is another one, or the trigger is closed or gone', async () => {
		const url = `${hook.url}/over`;
		const subscription = await subscribe(crypto, client, of(url));
		expect(await isSubscribed(client, subscription, of(`${url}er`))).toBe(false);
		expect(await isSubscribed(client, subscription, { ...of(url), agentId: 'another' })).toBe(false);
		await client.disableTrigger(subscription);
		expect(await isSubscribed(client, subscription, of(url))).toBe(false);
		await unsubscribe(client, subscription.triggerId);
		expect(await isSubscribed(client, subscription, of(url))).toBe(false);
		await unsubscribe(client, subscription.triggerId);
	});

	it('is closed by a key that may not delete', async () => {
		const editor = clientWith(sandbox.keys.editor);
		const { triggerId } = await subscribe(crypto, editor, of(`${hook.url}/editor`));
		await unsubscribe(editor, triggerId);
		expect(await client.getTrigger({ triggerId })).toMatchObject({ enabled: false });
	});

	it('tells a failure that is not about what the key may do', async () => {
		await expect(isSubscribed(clientWith('zhn_test_wrong'), await any(), of(hook.url))).rejects.toMatchObject(
			{
				kind: 'auth',
			},
		);
		await expect(unsubscribe(client, '..')).rejects.toMatchObject({ kind: 'config' });
	});
});

/** A subscription whose callbacks go nowhere. */
function any(): Promise<Subscription> {
	return subscribe(crypto, client, of(hook.url));
}

describe('a callback to a subscription', () => {
	async function finishedExecution({ triggerId }: Subscription): Promise<string> {
		const { executionId } = await client.dispatchAgent({ triggerId, payload: { message: 'Hi' } });
		await client.waitForExecution({ triggerId, executionId });
		return executionId;
	}
	const judge = (subscription: Subscription, body: object, query: object = {}, headers = {}) =>
		finishedRun(crypto, client, subscription, {
			rawBody: JSON.stringify(body),
			headers,
			query: { zihin_token: subscription.callbackToken, ...query },
		});

	it('gives the run as it was read, whatever the body says of it', async () => {
		const subscription = await any();
		const executionId = await finishedExecution(subscription);
		const found = await judge(subscription, { execution_id: executionId, response: 'Forged.' });
		expect(found).toMatchObject({ execution: { executionId, status: 'completed' } });
		expect(JSON.stringify(found)).not.toContain('Forged.');
	});

	it('is taken with its signature, and refused with another', async () => {
		const subscription = await any();
		const secret = subscription.webhookSecret ?? 'whs_of_the_test';
		const signed = { ...subscription, webhookSecret: secret };
		const body = { execution_id: await finishedExecution(subscription) };
		const rawBody = JSON.stringify(body);
		const right = await signPayload({ id: 'msg_1', rawBody, secret });
		const wrong = await signPayload({ id: 'msg_1', rawBody, secret: 'whs_another' });
		expect(await judge(signed, body, {}, right)).toHaveProperty('execution');
		expect(await judge(signed, body, {}, wrong)).toMatchObject({ refusal: 401 });
	});

	it.each([
		['without the token', { zihin_token: undefined }, {}, 401],
		['with a wrong token', { zihin_token: '0'.repeat(32) }, {}, 401],
		['that names no run', {}, {}, 400],
		['of a run that does not exist', {}, { execution_id: crypto.randomUUID() }, 404],
		['whose id is a path', {}, { execution_id: '..' }, 404],
	])('%s is refused', async (_name, query, body, refusal) => {
		expect(await judge(await any(), body, query)).toMatchObject({ refusal });
	});

	it('that comes too early, or when the run cannot be read, is asked to come again', async () => {
		const slow = (await client.listAgents()).find(({ name }) => name === 'Twenty Seconds');
		const subscription = await subscribe(crypto, client, { ...of(hook.url), agentId: slow?.id ?? '' });
		const { triggerId, callbackToken } = subscription;
		const { executionId } = await client.dispatchAgent({ triggerId, payload: { message: 'Hi' } });
		expect(await judge(subscription, { execution_id: executionId })).toMatchObject({ refusal: 409 });
		const lame = clientWith('zhn_test_wrong');
		const callback = {
			rawBody: JSON.stringify({ execution_id: executionId }),
			query: { zihin_token: callbackToken },
		};
		expect(await finishedRun(crypto, lame, subscription, callback)).toMatchObject({ refusal: 503 });
	});
});
