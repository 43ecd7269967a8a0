import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConnector } from './connector/test-connector.ts';
import type { Flow } from './flow.ts';
import { measured } from './measured.ts';
import type { StoredCredential } from './n8n.ts';
import { CONCURRENCY, type QueueN8n, startQueueN8n, WORKERS } from './queue.ts';
import { AGENTS, asked, faultsOf, type Sandbox, sleeper, startAgents, switchFault } from './sandboxes.ts';
import { until } from './until.ts';
import { chain, noOp, webhook, zihin } from './workflows.ts';

let n8n: QueueN8n;
beforeAll(async () => {
	n8n = await startQueueN8n();
});
afterAll(() => n8n?.[Symbol.asyncDispose]());

testConnector('queue mode', () => n8n);

describe('queue mode', () => {
	let sandbox: Sandbox;
	let credential: StoredCredential;
	beforeAll(async () => {
		sandbox = await startAgents('full');
		credential = await n8n.store('Sandbox', {
			apiKey: sandbox.keys.admin,
			baseUrl: sandbox.url,
			allowHttp: true,
		});
	});
	afterAll(() => sandbox.close());

	const publish = (operation: string, agentId: string): Promise<Flow> => {
		const inputs = { agentId, message: '={{ $json.body.message }}' };
		return n8n.publish(
			chain(operation, webhook(), zihin(credential, ['agent', operation], inputs), noOp('After')),
		);
	};

	it('200 executions that wait hold no worker, and each goes on once', async () => {
		// Their callbacks are held back until they are asked for.
		const waits = 200;
		await switchFault(sandbox, AGENTS.halfAMinute, 'callback-lost', { times: waits });
		const messages = Array.from({ length: waits }, (_, place) => `wait ${place}`);
		// A list of executions shows 100 at most.
		const flows = await Promise.all([1, 2, 3, 4].map(() => publish('runAndWait', AGENTS.halfAMinute)));
		const startedAt = performance.now();
		await Promise.all(messages.map((message, place) => flows[place % flows.length]?.call({ message })));
		await Promise.all(flows.map(flow => flow.runs(waits / flows.length, 'waiting')));
		measured(`${waits} executions wait`, performance.now() - startedAt);

		const slots = WORKERS * CONCURRENCY;
		const others = await publish('invoke', AGENTS.halfAMinute);
		await Promise.all(Array.from({ length: slots }, () => others.call({ message: 'other' })));
		await until('every slot has a run', () => {
			const runs = asked(sandbox, 'other');
			return runs.length === slots && runs.every(({ status }) => status === 'running');
		});
		expect((await others.runs(slots)).map(({ status }) => status)).toEqual(Array(slots).fill('success'));

		const sent = messages.flatMap(message => asked(sandbox, message));
		const isThere = ({ id }: { readonly id: string }) => sandbox.callbackAttempts(id).length > 0;
		await until('all have been answered', () => sent.every(isThere));
		const callbacksAt = performance.now();
		for (const { id } of sent) sandbox.resendCallback(id);
		const runs = (await Promise.all(flows.map(flow => flow.runs(waits / flows.length)))).flat();
		measured(`all ${waits} have gone on`, performance.now() - callbacksAt);
		const contents = runs.flatMap(run => run.output('After').map(({ content }) => content));
		expect(contents.sort()).toEqual(messages.map(message => `Done: ${message}`).sort());
		for (const message of messages) expect(asked(sandbox, message)).toHaveLength(1);
	}, 600_000);

	it('a worker that is killed after the dispatch, before the execution sleeps: one run, and an error that says so', async () => {
		const flow = await publish('runAndWait', sleeper(1));
		await flow.call({ message: 'before the wait' });
		await until('it is dispatched', () => asked(sandbox, 'before the wait').length > 0);
		await n8n.replaceWorkers();
		const [run] = await flow.runs(1);
		expect(run?.status).toBe('error');
		expect(run?.error?.message).toContain('failed to be processed');
		const [only, ...others] = asked(sandbox, 'before the wait');
		expect(others).toEqual([]);
		const id = only?.id ?? '';
		await until('its callback is told so', () => sandbox.callbackAttempts(id).at(-1)?.status === 409);
		expect(await flow.runs(1)).toHaveLength(1);
	});

	it('all workers are killed while the execution sleeps: one run, one result', async () => {
		const flow = await publish('runAndWait', sleeper(2));
		await flow.call({ message: 'while it sleeps' });
		await flow.runs(1, 'waiting');
		await n8n.replaceWorkers();
		const [run] = await flow.runs(1);
		expect(run?.output('After')).toMatchObject([{ content: 'Done: while it sleeps' }]);
		expect(asked(sandbox, 'while it sleeps')).toHaveLength(1);
	});

	it('the process is killed that is handling the callback: one run, one result', async () => {
		await switchFault(sandbox, sleeper(3), 'callback-lost');
		const flow = await publish('runAndWait', sleeper(3));
		await flow.call({ message: 'inside the webhook' });
		await flow.runs(1, 'waiting');
		const id = asked(sandbox, 'inside the webhook')[0]?.id ?? '';
		await until('its callback is held back', () => sandbox.callbackAttempts(id).length > 0);
		// The next request is the one by which the webhook reads the run.
		await switchFault(sandbox, null, 'delay', { value: 10_000 });
		sandbox.resendCallback(id);
		await until('the webhook reads', async () => !(await faultsOf(sandbox)).includes('delay'));
		await n8n.replaceWebhookProcess();
		const [run] = await flow.runs(1);
		expect(run?.output('After')).toMatchObject([{ content: 'Done: inside the webhook' }]);
		expect(asked(sandbox, 'inside the webhook')).toHaveLength(1);
	});
});
