import type { ProfileName, Sandbox } from '@zihin/sandbox';
import type { IRun } from 'n8n-workflow';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { itemsOf, type N8nHost } from './host.mts';
import { AGENTS, openN8n, PROFILES, sleeper, startAgents, switchFaults } from './sandboxes.mts';
import { parametersOf } from './workflows.mts';

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000 });

const runAndWait = (agentId: string, message: string, options: object = {}) =>
	parametersOf('agent', 'runAndWait', { agentId, message, ...options });

describe.concurrent.each(PROFILES)('Run and Wait, %s profile', (profile: ProfileName) => {
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

	const dispatched = (message: string) => sandbox.executions().filter(run => run.message === message);

	it('sleeps without a worker until the callback wakes it, and returns the answer as it was read', async () => {
		const execution = host.start(runAndWait(sleeper(1), 'sleep'));
		const asleep = await execution.stored;
		expect(asleep.status).toBe('waiting');
		const run = await execution.ended;
		const [item] = itemsOf(run);
		const [recorded] = dispatched('sleep');
		expect(item).toMatchObject({
			json: { content: 'Done: sleep', executionId: recorded?.id, triggerId: recorded?.triggerId },
			pairedItem: { item: 0 },
		});
	});

	it('does not sleep over a quick answer', async () => {
		const run = await host.execute(runAndWait(AGENTS.echo, 'quick'));
		expect(run.status).toBe('success');
		expect(itemsOf(run)[0]?.json.content).toBe('You said: quick');
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
		const execution = host.start(runAndWait(sleeper(number), name));
		const run = await execution.ended;
		expect(itemsOf(run)[0]?.json.content).toBe(`Done: ${name}`);
		expect(dispatched(name)).toHaveLength(1);
	});

	it('callback-lost: at the limit the input passes, and the ids lead to the answer', async () => {
		await switchFaults(sandbox, [{ name: 'callback-lost' }], sleeper(7));
		const after = '={{ $json.executionId ?? JSON.stringify($("Zihin").context.run) }}';
		const items = [{ json: { order: 4711 } }];
		const execution = host.start(runAndWait(sleeper(7), 'lost'), { after, items });
		await execution.stored;
		await until(() => dispatched('lost')[0]?.status === 'completed');
		const run = await host.passLimit(execution);
		expect(itemsOf(run)[0]?.json).toEqual({ order: 4711 });
		const { executionId, triggerId } = JSON.parse(String(itemsOf(run, 'After')[0]?.json.value));
		const read = await host.execute(parametersOf('execution', 'get', { executionId, triggerId }));
		expect(itemsOf(read)[0]?.json).toMatchObject({ status: 'completed', content: 'Done: lost' });
	});

	it('refuses a forged callback with 401, and one after the end with 409', async () => {
		const execution = host.start(runAndWait(sleeper(1), 'late'));
		await execution.stored;
		const url = new URL(`${host.url}/webhook-waiting/${execution.id}/zihin`);
		url.searchParams.set('signature', execution.token);
		url.searchParams.set('zihin_token', '0'.repeat(32));
		const post = () => fetch(url, { method: 'POST', body: JSON.stringify({ status: 'completed' }) });
		expect((await post()).status).toBe(401);
		const run = await execution.ended;
		expect(itemsOf(run)[0]?.json.content).toBe('Done: late');
		expect((await post()).status).toBe(409);
		expect(run.data.resultData.runData.Zihin).toHaveLength(1);
	});

	it('a run that fails arrives as an item with the reason and the ids, and goes to the error output', async () => {
		const node = { onError: 'continueErrorOutput' } as const;
		const execution = host.start(runAndWait(AGENTS.fails, 'fail'), { node });
		const run = await execution.ended;
		expect(itemsOf(run)).toEqual([]);
		const [item] = itemsOf(run, 'Zihin', 1);
		expect(item?.json).toMatchObject({
			error: expect.stringMatching(/ended as failed\. The model stopped answering/),
			details: { executionId: dispatched('fail')[0]?.id },
		});
	});

	it('in a loop each item sleeps on its own, and a late duplicate of the first wakes nobody', async () => {
		const items = ['one', 'two'].map(word => ({ json: { word } }));
		const parameters = runAndWait(sleeper(1), `={{ 'loop ' + $json.word }}`);
		const execution = host.start(parameters, { items, loop: true });
		await until(() => dispatched('loop two').length === 1 && execution.run?.status === 'waiting');
		const [first] = dispatched('loop one');
		expect(sandbox.resendCallback(first?.id ?? '')).toBe(true);
		await until(() => sandbox.callbackAttempts(first?.id ?? '').at(-1)?.status === 401);
		const run = await execution.ended;
		const contents = run.data.resultData.runData.Zihin?.map(({ data }) => data?.main?.[0]?.[0]?.json.content);
		expect(contents).toEqual(['Done: loop one', 'Done: loop two']);
	});

	it('is dispatched once, whatever Retry On Fail repeats', async () => {
		await switchFaults(sandbox, [{ name: 'reset', value: 'after' }], AGENTS.echo);
		const node = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
		const run = await host.execute(runAndWait(AGENTS.echo, 'once'), { node });
		expect(itemsOf(run)[0]?.json.content).toBe('You said: once');
		expect(dispatched('once')).toHaveLength(1);
	});
});

describe.concurrent('Run and Wait', () => {
	let sandbox: Sandbox;
	let host: N8nHost;
	beforeAll(async () => {
		sandbox = await startAgents('full');
		host = await openN8n(sandbox);
	});
	afterAll(async () => {
		await host.close();
		await sandbox.close();
	});
	const errorOf = (run: IRun) => run.data.resultData.error;

	it('refuses several items with a sentence that says what to do, before anything is sent', async () => {
		const items = [{ json: {} }, { json: {} }];
		const run = await host.execute(runAndWait(AGENTS.echo, 'Hi'), { items });
		expect(errorOf(run)?.message).toMatch(/one item at a time, and got 2/);
		expect(errorOf(run)).toMatchObject({ description: expect.stringMatching(/Loop Over Items/) });
		expect(sandbox.executions()).toEqual([]);
	});

	it('refuses to be a tool, before anything is sent', async () => {
		const node = { type: 'n8n-nodes-zihin.zihinTool' };
		const run = await host.execute(runAndWait(AGENTS.echo, 'Hi'), { node });
		expect(errorOf(run)?.message).toMatch(/cannot be used as a tool/);
		expect(sandbox.executions()).toEqual([]);
	});

	it('wakes a node whose name would end an expression', async () => {
		const node = { name: '}} "Zihin\' {{' };
		const execution = host.start(runAndWait(sleeper(1), 'odd name'), { node });
		const run = await execution.ended;
		expect(itemsOf(run, node.name)[0]?.json.content).toBe('Done: odd name');
	});

	it('looks by itself for a run that another execution has started and is called for', async () => {
		// Two instances that count their executions alike: the same run, and two places to wait for it.
		const hosts = [await openN8n(sandbox), await openN8n(sandbox)];
		const executions = [];
		for (const one of hosts) {
			executions.push(one.start(runAndWait(sleeper(2), 'shared')));
			await until(() => sandbox.executions().some(run => run.message === 'shared'));
		}
		const runs = await Promise.all(executions.map(({ ended }) => ended));
		const contents = runs.map(run => itemsOf(run)[0]?.json.content);
		expect(contents).toEqual(['Done: shared', 'Done: shared']);
		expect(sandbox.executions().filter(run => run.message === 'shared')).toHaveLength(1);
		await Promise.all(hosts.map(one => one.close()));
	});

	it('puts the limit that the user set on the wait', async () => {
		const before = Date.now();
		const run = await host.execute(runAndWait(sleeper(1), 'limit', { waitMinutes: 30 }));
		const limit = (run.waitTill?.getTime() ?? 0) - before;
		expect(Math.round(limit / 60_000)).toBe(30);
		const wrong = await host.execute(runAndWait(sleeper(1), 'limit', { waitMinutes: 0 }));
		expect(errorOf(wrong)?.message).toMatch(/Wait Limit \(Minutes\) must be a number, 1 or more/);
	});
});
