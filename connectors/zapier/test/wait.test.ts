import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ZapierHost } from './host.ts';
import { AGENTS, openZapier, PROFILES, sleeper, startAgents, switchFaults } from './sandboxes.ts';
import { sleepAt } from './zap.ts';

describe.concurrent.each(PROFILES)('Dispatch Agent and Wait, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let host: ZapierHost;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		host = await openZapier(sandbox);
	});
	afterAll(() => sandbox.close());

	const dispatched = (message: string) => sandbox.executions().filter(run => run.message === message);

	it('sleeps until the callback wakes it, and returns the answer as it was read', async () => {
		const message = '{{name}} {{bundle.inputData.message}}';
		await using run = await sleepAt(host, { agentId: sleeper(1), message });
		expect(run.calls).toEqual([]);
		const [recorded] = dispatched(message);
		expect(await run.ended).toMatchObject({
			content: `Done: ${message}`,
			executionId: recorded?.id,
			triggerId: recorded?.triggerId,
		});
	});

	it.each([
		['callback-duplicate', 2],
		['callback-early', 3],
		['callback-forged', 4],
		['callback-foreign', 5],
		['callback-late', 6],
	])('%s: the answer comes once, and it is that of the run', async (name, number) => {
		await switchFaults(
			sandbox,
			[{ name, ...(name === 'callback-late' && { value: 1000 }) }],
			sleeper(number),
		);
		await using run = await sleepAt(host, { agentId: sleeper(number), message: name });
		expect(await run.ended).toMatchObject({ content: `Done: ${name}`, executionId: dispatched(name)[0]?.id });
		expect(dispatched(name)).toHaveLength(1);
	});

	it('callback-lost: the IDs that were kept lead to the answer', async () => {
		await switchFaults(sandbox, [{ name: 'callback-lost' }], sleeper(7));
		await using run = await sleepAt(host, { agentId: sleeper(7), message: 'lost' });
		const { triggerId, executionId } = run.kept;
		const read = () => host.call('searches.get_execution.operation.perform', { triggerId, executionId });
		await vi.waitUntil(async () => JSON.stringify(await read()).includes('completed'), { timeout: 20_000 });
		expect(await read()).toMatchObject([{ status: 'completed', content: 'Done: lost' }]);
		expect(run.calls).toEqual([]);
	});

	it('woken too early for good it says after 20 seconds where the answer will be', async () => {
		await using run = await sleepAt(host, { agentId: AGENTS.ninetySeconds, message: 'early' });
		await fetch(`${run.callbackUrl}?zihin_token=${'0'.repeat(32)}`, {
			method: 'POST',
			body: '{"status":"completed"}',
		});
		const error = await run.ended.catch((cause: unknown) => cause);
		expect(error).toMatchObject({
			name: 'AppError',
			message: expect.stringMatching(/Get Execution, with this trigger and execution, has the answer later/),
		});
		const { message } = error as Error;
		expect(message).toContain(String(run.kept.executionId));
		expect(message).toContain(String(run.kept.triggerId));
		expect(message).not.toContain(String(run.kept.callbackToken));
	}, 60_000);

	it('a run that fails is a step that fails, with the reason', async () => {
		await using run = await sleepAt(host, { agentId: AGENTS.fails, message: 'fail' });
		const error = await run.ended.catch((cause: unknown) => cause);
		expect(error).toMatchObject({
			name: 'AppError',
			message: expect.stringMatching(/ended as failed\. The model stopped answering/),
		});
	});

	it('a dispatch whose answer is lost is not sent again', async () => {
		await switchFaults(sandbox, [{ name: 'reset', value: 'after' }], sleeper(8));
		await using run = await sleepAt(host, { agentId: sleeper(8), message: 'once' });
		expect(await run.ended).toMatchObject({ content: 'Done: once' });
		expect(dispatched('once')).toHaveLength(1);
	});
});
