import { describe, expect, it } from 'vitest';
import { createClient } from '../src/index.ts';

const IDS = { triggerId: 't1', executionId: 'e1' };

/** A platform with one run, which has these states one after the other, and the waits between its reads. */
function platform(...states: readonly object[]) {
	const waits: number[] = [];
	const left = [...states];
	const paths: string[] = [];
	const client = createClient({
		apiKey: 'zhn_test_0123456789abcdef',
		fetch: async url => {
			paths.push(new URL(url).pathname + new URL(url).search);
			return Response.json({ data: { id: 'e1', trigger_id: 't1', ...(left.shift() ?? states.at(-1)) } });
		},
		sleep: async ms => {
			waits.push(ms);
		},
	});
	return { client, waits, paths };
}

describe('waitForExecution', () => {
	it.each(['completed', 'failed', 'timeout', 'cancelled', 'skipped'])(
		'ends at the status %s',
		async status => {
			const { client, paths } = platform({ status: 'pending' }, { status: 'running' }, { status });
			await expect(client.waitForExecution(IDS)).resolves.toMatchObject({ ...IDS, status });
			expect(paths).toEqual(new Array(3).fill('/api/triggers/t1/executions/e1'));
		},
	);

	it.each([
		['SUCCESS', 'completed'],
		['succeeded', 'completed'],
		['error', 'failed'],
		['canceled', 'cancelled'],
		['timed_out', 'timeout'],
	])('takes %s for %s', async (status, expected) => {
		const { client } = platform({ status });
		await expect(client.waitForExecution(IDS)).resolves.toMatchObject({ status: expected });
	});

	it('asks less and less often, and every five seconds in the end', async () => {
		const states = [...new Array(7).fill({ status: 'running' }), { status: 'completed' }];
		const { client, waits } = platform(...states);
		await client.waitForExecution(IDS);
		expect(waits).toEqual([1000, 1500, 2250, 3375, 5000, 5000, 5000]);
	});

	it('goes on while it does not know the status', async () => {
		const { client, paths } = platform({ status: 'queued_for_approval' }, { status: 'completed' });
		await client.waitForExecution(IDS);
		expect(paths).toHaveLength(2);
	});

	it('ends as timeout that names the run, when the run outlasts it', async () => {
		const client = createClient({
			apiKey: 'zhn_test_0123456789abcdef',
			timeoutMs: 60,
			fetch: async () => Response.json({ data: { id: 'e1', status: 'running' } }),
		});
		await expect(client.waitForExecution(IDS)).rejects.toMatchObject({
			kind: 'timeout',
			executionId: 'e1',
			effect: 'none',
		});
	});

	it('ends when its caller aborts', async () => {
		const { client } = platform({ status: 'running' });
		const controller = new AbortController();
		const waiting = client.waitForExecution({ ...IDS, signal: controller.signal });
		controller.abort();
		await expect(waiting).rejects.toMatchObject({ kind: 'aborted', executionId: 'e1' });
	});
});

describe('listExecutions', () => {
	function listing(pages: readonly (readonly string[])[]) {
		const paths: string[] = [];
		const client = createClient({
			apiKey: 'zhn_test_0123456789abcdef',
			fetch: async url => {
				paths.push(new URL(url).pathname + new URL(url).search);
				const page = Number(new URL(url).searchParams.get('page') ?? 1);
				const data = (pages[page - 1] ?? []).map(id => ({ id, status: 'completed' }));
				return Response.json({ data, pagination: { page, pages: pages.length } });
			},
		});
		return { client, paths };
	}

	it('reads all pages in order', async () => {
		const { client, paths } = listing([['c', 'b'], ['a']]);
		const executions = await client.listExecutions({ triggerId: 't1' });
		expect(executions.map(({ executionId }) => executionId)).toEqual(['c', 'b', 'a']);
		expect(executions[0]).toEqual({ executionId: 'c', triggerId: 't1', status: 'completed' });
		expect(paths).toEqual(['/api/triggers/t1/executions', '/api/triggers/t1/executions?page=2']);
	});

	it('reads no page more than its limit needs', async () => {
		const { client, paths } = listing([['d', 'c'], ['b', 'a'], ['z']]);
		const executions = await client.listExecutions({ triggerId: 't1', limit: 3 });
		expect(executions.map(({ executionId }) => executionId)).toEqual(['d', 'c', 'b']);
		expect(paths).toHaveLength(2);
	});

	it.each([0, -1, Number.NaN, '3'])('refuses the limit %j before anything is sent', async limit => {
		const { client, paths } = listing([['a']]);
		// @ts-expect-error: a caller without types may pass anything.
		const params: { triggerId: string; limit: number } = { triggerId: 't1', limit };
		await expect(client.listExecutions(params)).rejects.toMatchObject({ kind: 'config' });
		expect(paths).toEqual([]);
	});

	it('an item without an id or a status is a fault of the protocol', async () => {
		const client = createClient({
			apiKey: 'zhn_test_0123456789abcdef',
			fetch: async () => Response.json({ data: [{ id: 'a' }] }),
		});
		await expect(client.listExecutions({ triggerId: 't1' })).rejects.toMatchObject({ kind: 'protocol' });
	});
});

it('results are immutable through and through', async () => {
	const { client } = platform({
		status: 'completed',
		output: { response: 'x', sources: [{ file: 'a.md', tags: ['t'] }] },
		usage: { input_tokens: 1 },
	});
	const execution = await client.getExecution(IDS);
	expect(Object.isFrozen(execution.usage)).toBe(true);
	expect(Object.isFrozen(execution.sources?.[0])).toBe(true);
	expect(() => Object.assign(execution, { status: 'failed' })).toThrow(TypeError);
});

it("a result holds nothing of the options of its call, which stay the caller's", async () => {
	const { client } = platform({ status: 'completed' });
	const { signal } = new AbortController();
	const execution = await client.getExecution({ ...IDS, signal, timeoutMs: 5000 });
	expect(execution).toEqual({ ...IDS, status: 'completed' });
	expect(Object.isFrozen(signal)).toBe(false);
});
