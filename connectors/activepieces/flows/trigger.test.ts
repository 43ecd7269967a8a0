import { createClient } from '@zihin/agent-client';
import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Flow } from '../../../hosts/activepieces/flow.ts';
import { type InstalledPiece, installPiece } from '../../../hosts/activepieces/installed-piece.ts';
import { Platform, type PublishedFlow } from '../../../hosts/activepieces/platform.ts';
import { packedPiece } from '../test/host.ts';
import { AGENTS, connectionTo, outputOf, PROFILES, sleeper, startAgents, switchFaults } from './sandboxes.ts';
import { templateFlow } from './template.ts';

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 120_000 });

describe.concurrent.each(PROFILES)('Agent Run Finished, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let piece: InstalledPiece;
	let platform: Platform;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		piece = await installPiece(packedPiece());
		platform = await Platform.open({ entry: piece.entry, connection: connectionTo(sandbox) });
	});
	afterAll(async () => {
		await platform[Symbol.asyncDispose]();
		await piece.remove();
		await sandbox.close();
	});

	const client = () => createClient({ apiKey: sandbox.keys.admin, baseUrl: sandbox.url, allowHttp: true });
	const triggersOf = (agentId: string) => client().listTriggers({ agentId });

	const flowOf = (agentId: string): Flow => ({
		trigger: { name: 'agent_run_finished', propsValue: { agentId } },
		steps: [],
	});

	async function published(definition: Flow): Promise<PublishedFlow & { triggerId: string }> {
		const flow = platform.add(definition);
		expect(await flow.call('onEnable')).toMatchObject({ ok: true });
		const { triggerId } = flow.store.get('zihin-subscription') as { triggerId: string };
		return Object.assign(flow, { triggerId });
	}

	/** Sends a message to a flow's trigger, by the piece's own action. */
	const dispatch = async (triggerId: string, message: string) => {
		const propsValue = { triggerId, message };
		const run = platform.start({ name: 'send', action: 'dispatch_run', propsValue });
		return (await outputOf(run, 'send')) as { executionId: string };
	};

	it('is registered once, however often it is enabled, and not at all once it is disabled', async () => {
		const flow = platform.add(flowOf(sleeper(1)));
		const count = async () => (await triggersOf(sleeper(1))).length;
		await flow.call('onEnable');
		expect(await count()).toBe(1);
		await flow.call('onEnable');
		expect(await count()).toBe(1);
		await flow.call('onDisable');
		expect(await count()).toBe(0);
		expect(flow.store.keys()).toEqual([]);
		expect(await flow.call('onDisable')).toMatchObject({ ok: true });
	});

	it('that is given another agent takes the trigger of the one before away', async () => {
		const before = await published(flowOf(AGENTS.outlasts));
		const flow = platform.add(flowOf(AGENTS.fails));
		flow.store.put('zihin-subscription', before.store.get('zihin-subscription'));
		await flow.call('onEnable');
		await expect(client().getTrigger({ triggerId: before.triggerId })).rejects.toMatchObject({
			kind: 'not_found',
		});
		await flow.call('onDisable');
	});

	it('is disabled without an error when its trigger is gone, and enabled when the one before is', async () => {
		const flow = await published(flowOf(sleeper(2)));
		await client().deleteTrigger({ triggerId: flow.triggerId });
		expect(await flow.call('onEnable')).toMatchObject({ ok: true });
		const [trigger] = await triggersOf(sleeper(2));
		await client().deleteTrigger({ triggerId: trigger?.triggerId ?? '' });
		expect(await flow.call('onDisable')).toMatchObject({ ok: true });
	});

	it('starts the flow that users import, which waits for another agent and goes on', async () => {
		const flow = await published(templateFlow([AGENTS.echo, sleeper(1), AGENTS.echo]));
		const { executionId } = await dispatch(flow.triggerId, 'order 4711');
		await until(() => flow.runs.length === 1);
		const [run] = flow.runs;
		if (run === undefined) throw new Error('The flow has not started.');
		const checked = 'Check this answer, and name what is wrong with it: You said: order 4711';
		expect(await outputOf(run, 'step_2')).toMatchObject({
			content: `You said: Write a corrected answer from this: Done: ${checked}`,
		});
		expect(run.log.map(({ step, status }) => `${step} ${status}`)).toEqual([
			expect.stringMatching('step_1 PAUSED'),
			...run.log.slice(1, -2).map(() => 'step_1 PAUSED'),
			'step_1 SUCCEEDED',
			'step_2 SUCCEEDED',
		]);
		expect(flow.received[0]).toMatchObject({
			ok: true,
			output: [{ _dedupe_key: executionId, executionId, status: 'completed', raw: { executionId } }],
		});
		await flow.call('onDisable');
	});

	it.each([
		['callback-duplicate', 3, 2],
		// Answered as all others are, it counts as delivered, and does not come again.
		['callback-early', 4, 1],
		['callback-forged', 5, 2],
		['callback-foreign', 6, 2],
	])('%s: starts the flow once, with the run as it was read', async (name, number, callbacks) => {
		const flow = await published(flowOf(sleeper(number)));
		await switchFaults(sandbox, [{ name }], sleeper(number));
		const { executionId } = await dispatch(flow.triggerId, name);
		await until(() => flow.runs.length > 0 && flow.received.length === callbacks);
		expect(flow.runs).toHaveLength(1);
		const items = flow.received.flatMap(outcome => (outcome.ok ? outcome.output : [outcome.error]));
		for (const item of items) {
			expect(item).toMatchObject({ _dedupe_key: executionId, content: `Done: ${name}` });
		}
	});

	it('starts also for a run that has failed, and says why', async () => {
		const flow = await published(flowOf(AGENTS.fails));
		await dispatch(flow.triggerId, 'fails');
		await until(() => flow.received.length === 1);
		expect(flow.received[0]).toMatchObject({
			output: [
				{ status: 'failed', content: null, failureMessage: expect.stringContaining('stopped answering') },
			],
		});
	});

	it.each([
		['nothing', '', ''],
		['a wrong token', '?zihin_token=00000000000000000000000000000000', '{"execution_id":"x"}'],
		['a body that is none', '?zihin_token=00000000000000000000000000000000', '\u0000\u0001'],
	])('starts nothing for a request with %s', async (_what, query, body) => {
		const flow = await published(flowOf(AGENTS.oneSecond));
		await flow.receive(await webhookOf(flow.webhookUrl + query, body));
		expect(flow.received).toMatchObject([{ ok: true, output: [] }]);
		expect(flow.runs).toEqual([]);
	});

	it('checks the signature that comes with a right token', async () => {
		const flow = await published(flowOf(AGENTS.twentySeconds));
		const { callbackUrl, webhookSecret } = flow.store.get('zihin-subscription') as Record<string, string>;
		// A bare platform shows no secret, and signs nothing.
		if (webhookSecret === undefined) return expect(profile).toBe('bare');
		const signed = await webhookOf(callbackUrl ?? '', '{"execution_id":"x","status":"completed"}');
		const headers = {
			...signed.headers,
			'webhook-id': 'msg_1',
			'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
			'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
		};
		await flow.receive({ ...signed, headers });
		expect(flow.received).toMatchObject([{ ok: true, output: [] }]);
	});

	it('shows recent runs before it has had any of its own', async () => {
		const propsValue = { agentId: AGENTS.ninetySeconds, name: 'Other', mode: 'sync' };
		const made = platform.start({ name: 'make', action: 'find_or_create_trigger', propsValue });
		await outputOf(made, 'make');
		expect(await platform.add(flowOf(AGENTS.ninetySeconds)).call('test')).toMatchObject({
			ok: true,
			output: [],
		});
		const flow = await published(flowOf(AGENTS.outlasts));
		expect(await flow.call('test')).toMatchObject({ ok: true, output: [] });
		const quick = await published(flowOf(AGENTS.echo));
		const { executionId } = await dispatch(quick.triggerId, 'an example');
		await until(() => quick.received.length === 1);
		expect(await platform.add(flowOf(AGENTS.echo)).call('test')).toMatchObject({
			ok: true,
			output: expect.arrayContaining([expect.objectContaining({ executionId, status: 'completed' })]),
		});
	});
});

/** A request as the platform makes it of what came. */
async function webhookOf(url: string, rawBody: string) {
	const queryParams = Object.fromEntries(new URL(url).searchParams);
	return { method: 'POST', rawBody, body: {}, headers: {}, queryParams };
}
