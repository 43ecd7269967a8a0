import type { ProfileName, Sandbox } from '@zihin/sandbox';
import type { IRun } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { itemsOf, type N8nHost } from './host.mts';
import { AGENTS, openN8n, PROFILES, startAgents, switchFaults } from './sandboxes.mts';
import { parametersOf } from './workflows.mts';

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000 });
const PARAMETERS = { agentId: { __rl: true, mode: 'id', value: AGENTS.echo } };

const subscriptionOf = (trigger: Awaited<ReturnType<N8nHost['activate']>>) => {
	const data = JSON.stringify(trigger.staticData());
	const { subscription } = Object.values(JSON.parse(data))[0] as {
		subscription: { triggerId: string; callbackUrl: string; webhookSecret?: string };
	};
	return subscription;
};

describe.each(PROFILES)('Zihin Trigger, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let host: N8nHost;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		host = await openN8n(sandbox);
	});
	afterAll(async () => {
		await host.close();
		await sandbox.close();
	});

	const dispatch = async (triggerId: string, message: string) => {
		const parameters = parametersOf('execution', 'dispatch', { sendTo: 'trigger', triggerId, message });
		return String(itemsOf(await host.execute(parameters))[0]?.json.executionId);
	};
	const started = (runs: readonly IRun[]) =>
		runs.flatMap(run => itemsOf(run, 'Zihin Trigger').map(({ json }) => json));
	const triggers = async () =>
		itemsOf(await host.execute(parametersOf('trigger', 'getAll', { returnAll: true })));

	it('starts the workflow with the run as it was read, once for each run that was sent to it', async () => {
		const trigger = await host.activate(PARAMETERS);
		const { triggerId } = subscriptionOf(trigger);
		const ids = [await dispatch(triggerId, 'first'), await dispatch(triggerId, 'second')];
		await until(() => trigger.runs.length === 2);
		expect(started(trigger.runs)).toEqual([
			expect.objectContaining({ executionId: ids[0], triggerId, content: 'You said: first', failure: null }),
			expect.objectContaining({ executionId: ids[1], triggerId, content: 'You said: second' }),
		]);
		await trigger.deactivate();
	});

	it.each(['callback-duplicate', 'callback-early', 'callback-forged', 'callback-foreign'])(
		'%s: the workflow starts once',
		async name => {
			const trigger = await host.activate(PARAMETERS);
			const { triggerId } = subscriptionOf(trigger);
			await switchFaults(sandbox, [{ name }], AGENTS.echo);
			const executionId = await dispatch(triggerId, name);
			const attempts = () => sandbox.callbackAttempts(executionId);
			const expected = name === 'callback-duplicate' || name === 'callback-early' ? 2 : 1;
			await until(() => trigger.runs.length > 0 && attempts().length >= expected);
			expect(started(trigger.runs)).toMatchObject([{ executionId, content: `You said: ${name}` }]);
			await trigger.deactivate();
		},
	);

	it('starts nothing for a callback without the token, of no run, or of a run that does not exist', async () => {
		const trigger = await host.activate(PARAMETERS);
		const { callbackUrl } = subscriptionOf(trigger);
		const post = async (url: string, body: object) =>
			(await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
		const body = { execution_id: '00000000-0000-4000-8000-000000000000', status: 'completed' };
		expect(await post(trigger.url, body)).toBe(401);
		expect(await post(`${callbackUrl}0`, body)).toBe(401);
		expect(await post(callbackUrl, {})).toBe(400);
		expect(await post(callbackUrl, body)).toBe(404);
		expect(await post(callbackUrl, { ...body, execution_id: '../../secrets' })).toBe(404);
		expect(trigger.runs).toEqual([]);
		await trigger.deactivate();
	});

	it('keeps its trigger while the workflow is on, and makes one again when it is gone', async () => {
		const trigger = await host.activate(PARAMETERS);
		const { triggerId } = subscriptionOf(trigger);
		expect(await trigger.activate()).toBe(false);
		await host.execute(parametersOf('trigger', 'delete', { triggerId }));
		expect(await trigger.activate()).toBe(true);
		expect(subscriptionOf(trigger).triggerId).not.toBe(triggerId);
		await trigger.deactivate();
	});

	it('takes its trigger over when n8n has lost what it knew, with a new token', async () => {
		const trigger = await host.activate(PARAMETERS);
		const before = subscriptionOf(trigger);
		trigger.forget();
		expect(await trigger.activate()).toBe(true);
		const after = subscriptionOf(trigger);
		expect(after.triggerId).toBe(before.triggerId);
		expect(after.callbackUrl).not.toBe(before.callbackUrl);
		await dispatch(after.triggerId, 'taken over');
		await until(() => trigger.runs.length === 1);
		await trigger.deactivate();
	});

	it('takes its trigger away with the workflow, also when it is gone already', async () => {
		const trigger = await host.activate(PARAMETERS);
		const { triggerId } = subscriptionOf(trigger);
		await host.execute(parametersOf('trigger', 'delete', { triggerId }));
		await trigger.deactivate();
		await trigger.deactivate();
		expect((await triggers()).map(({ json }) => json.triggerId)).not.toContain(triggerId);
	});

	it('closes its trigger with the key of an editor, who may not delete', async () => {
		const editor = await openN8n(sandbox, sandbox.keys.editor);
		const trigger = await editor.activate(PARAMETERS);
		const { triggerId } = subscriptionOf(trigger);
		await trigger.deactivate();
		const left = (await triggers()).find(({ json }) => json.triggerId === triggerId);
		expect(left?.json.enabled).toBe(false);
		await editor.close();
	});

	it('says what is wrong when the key may not make triggers', async () => {
		const member = await openN8n(sandbox, sandbox.keys.member);
		await expect(member.activate(PARAMETERS)).rejects.toThrow(/not allowed/);
		await member.close();
	});
});

it('the trigger refuses a wrong signature even with the right token, where it knows the secret', async () => {
	const sandbox = await startAgents('full');
	const host = await openN8n(sandbox);
	const trigger = await host.activate(PARAMETERS);
	const { callbackUrl, webhookSecret } = subscriptionOf(trigger);
	expect(webhookSecret).toBeDefined();
	const headers = {
		'webhook-id': 'msg_1',
		'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
		'webhook-signature': 'v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
	};
	expect((await fetch(callbackUrl, { method: 'POST', headers, body: '{}' })).status).toBe(401);
	expect(trigger.runs).toEqual([]);
	await host.close();
	await sandbox.close();
});

it('a callback that comes before n8n has written the trigger down is sent again, and starts the workflow once', async () => {
	const sandbox = await startAgents('full');
	const host = await openN8n(sandbox);
	const trigger = await host.activate(PARAMETERS);
	const { triggerId } = subscriptionOf(trigger);
	const write = trigger.forget();
	const dispatch = { sendTo: 'trigger', triggerId, message: 'at once' };
	const dispatched = await host.execute(parametersOf('execution', 'dispatch', dispatch));
	const executionId = String(itemsOf(dispatched)[0]?.json.executionId);
	const answers = () => sandbox.callbackAttempts(executionId).map(({ status }) => status);
	await until(() => answers().length > 0);
	write();
	await until(() => answers().length > 1);
	expect(answers()).toEqual([503, 200]);
	expect(trigger.runs.flatMap(run => itemsOf(run, 'Zihin Trigger'))).toMatchObject([
		{ json: { executionId } },
	]);
	await host.close();
	await sandbox.close();
});
