import { signPayload } from '@zihin/agent-client/callbacks';
import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readDefinition } from './definition.ts';
import type { ZapierHost } from './host.ts';
import { AGENTS, openZapier, PROFILES, sleeper, startAgents, switchFaults } from './sandboxes.ts';
import { keyPaths } from './surface.ts';
import { type RunningZap, switchOn } from './zap.ts';

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000 });

describe.concurrent.each(PROFILES)('Agent Run Finished, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let host: ZapierHost;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		host = await openZapier(sandbox);
	});
	afterAll(() => sandbox.close());

	const dispatch = async (zap: RunningZap, message: string) => {
		const { triggerId } = zap.subscribeData;
		await host.call('creates.dispatch_agent.operation.perform', { triggerId, message });
	};

	it('starts the Zap with the run that was sent to its trigger', async () => {
		await using zap = await switchOn(host, { agentId: AGENTS.echo });
		await dispatch(zap, 'start');
		await until(() => zap.started.length > 0);
		const run = sandbox.executions().find(({ message }) => message === 'start');
		expect(zap.started).toMatchObject([
			{
				id: run?.id,
				triggerId: zap.subscribeData.triggerId,
				status: 'completed',
				content: 'You said: start',
			},
		]);
	});

	it.each([
		['callback-duplicate', 2, 2],
		['callback-early', 3, 1],
		['callback-forged', 4, 2],
		['callback-foreign', 5, 2],
		['callback-late', 6, 1],
	])('%s: the Zap starts once, with the run', async (name, number, calls) => {
		await using zap = await switchOn(host, { agentId: sleeper(number) });
		await switchFaults(
			sandbox,
			[{ name, ...(name === 'callback-late' && { value: 1000 }) }],
			sleeper(number),
		);
		await dispatch(zap, name);
		const run = () => sandbox.executions().find(({ message }) => message === name);
		await until(() => zap.handled() === calls);
		expect(zap.started).toMatchObject([{ id: run()?.id, content: `Done: ${name}` }]);
		expect(zap.failures).toEqual([]);
	});

	it('a call that nobody can have made on behalf of the trigger starts nothing', async () => {
		await using zap = await switchOn(host, { agentId: AGENTS.echo });
		const { callbackUrl } = zap.subscribeData;
		const post = (url: string, body: string) => fetch(url, { method: 'POST', body });
		await post(callbackUrl.replace(/\?.*/, ''), '{"execution_id":"e"}');
		await post(callbackUrl.replace(/=.*/, `=${'0'.repeat(32)}`), '{"execution_id":"e"}');
		await post(callbackUrl, '{"event":"ping"}');
		await post(callbackUrl, 'no JSON');
		await post(callbackUrl, '{"execution_id":"00000000-0000-4000-8000-000000000000"}');
		await until(() => zap.handled() === 5);
		expect([zap.started, zap.failures]).toEqual([[], []]);
	});

	it('of a signed call the signature counts, however long Zapier has kept it', async () => {
		await using zap = await switchOn(host, { agentId: sleeper(7) });
		await switchFaults(sandbox, [{ name: 'callback-lost' }], sleeper(7));
		await dispatch(zap, 'signed');
		const run = () => sandbox.executions().find(({ message }) => message === 'signed');
		await until(() => run()?.status === 'completed');
		const { callbackUrl, webhookSecret } = zap.subscribeData;
		const rawBody = JSON.stringify({ execution_id: run()?.id });
		const tenMinutesAgo = Math.floor(Date.now() / 1000) - 600;
		const signed = (secret: string) =>
			signPayload({ id: 'msg_1', rawBody, secret, timestamp: tenMinutesAgo });
		await fetch(callbackUrl, { method: 'POST', body: rawBody, headers: await signed('whs_another') });
		await until(() => zap.handled() === 1);
		expect(zap.started).toEqual([]);
		await fetch(callbackUrl, { method: 'POST', body: rawBody, headers: await signed(String(webhookSecret)) });
		await until(() => zap.handled() === 2);
		expect(zap.started).toMatchObject([{ id: run()?.id }]);
	});

	it('promises in its sample what it lists, and lists what it delivers', async () => {
		await using zap = await switchOn(host, { agentId: AGENTS.echo });
		await dispatch(zap, 'listed');
		await until(() => zap.started.length > 0);
		const listed = (await zap.list()) as readonly object[];
		expect(listed).toEqual(expect.arrayContaining([...zap.started]));
		const { triggers } = await readDefinition();
		const [promised, shown, delivered] = [
			triggers.agent_run_finished?.operation.sample,
			...[listed, zap.started].map(events => events[0]),
		].map(event => keyPaths(Object(event)));
		expect(promised?.length).toBeGreaterThan(10);
		expect(shown).toEqual(expect.arrayContaining([...(promised ?? [])]));
		expect(delivered).toEqual(expect.arrayContaining([...(shown ?? [])]));
	});

	it('takes its trigger away, and does not mind when it is gone', async () => {
		await using zap = await switchOn(host, { agentId: AGENTS.echo });
		const found = () => host.call('triggers.trigger_list.operation.perform');
		const ids = async () => ((await found()) as { id: string }[]).map(({ id }) => id);
		expect(await ids()).toContain(zap.subscribeData.triggerId);
		await zap.unsubscribe();
		expect(await ids()).not.toContain(zap.subscribeData.triggerId);
		await zap.unsubscribe();
	});
});
