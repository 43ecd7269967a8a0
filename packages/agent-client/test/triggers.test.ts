import { describe, expect, it } from 'vitest';
import { createClient, type FetchInit } from '../src/index.ts';
import { FAKE_KEY } from './cases.ts';
import { platform } from './trigger-platform.ts';

const CALLBACK = 'https://my-platform.example/hook?zihin_token=abc123def456';

const wish = { agentId: 'a1', name: 'Integration X' } as const;

describe('findOrCreateTrigger', () => {
	it('makes the trigger when there is none, as the platform documents it', async () => {
		const { client, fetch } = platform();
		const found = await client.findOrCreateTrigger({ ...wish, mode: 'async', callbackUrl: CALLBACK });
		expect(found).toMatchObject({ triggerId: 'new0', created: true, mode: 'async', callbackUrl: CALLBACK });
		expect(found.webhookSecret).toBe('whs_abcdefghijkl');
		const [, init] = fetch.mock.calls[1] ?? [];
		expect(JSON.parse(init?.body ?? '')).toEqual({
			agent_id: 'a1',
			name: 'Integration X',
			trigger_type: 'webhook',
			trigger_config: {
				auth: { type: 'api_key' },
				query_extraction: { mode: 'field', field: 'message' },
				response_adapter: { format: 'raw' },
				execution: { mode: 'async', callback: { url: CALLBACK, method: 'POST' } },
			},
		});
	});

	it('finds the trigger that it made before', async () => {
		const { client, stored } = platform();
		const first = await client.findOrCreateTrigger(wish);
		const second = await client.findOrCreateTrigger(wish);
		expect(second).toMatchObject({ triggerId: first.triggerId, created: false });
		expect(stored).toHaveLength(1);
	});

	it('reads all pages before it makes one', async () => {
		const { client, requests } = platform([{}, { name: 'b' }, { name: 'c' }, { name: 'd' }, { name: 'e' }]);
		expect(await client.findOrCreateTrigger(wish)).toMatchObject({ triggerId: 't1', created: false });
		expect(requests()).toEqual(['GET /api/triggers', 'GET /api/triggers?page=2', 'GET /api/triggers?page=3']);
	});

	it('takes the oldest of several, wherever it stands in the list', async () => {
		const { client } = platform([
			{ created_at: '2026-05-01T00:00:00Z' },
			{ created_at: '2026-02-01T00:00:00Z' },
			{ created_at: '2026-03-01T00:00:00Z' },
		]);
		expect(await client.findOrCreateTrigger(wish)).toMatchObject({ triggerId: 't2' });
	});

	it.each([
		['disabled', { enabled: false }],
		["another agent's", { agent_id: 'a2' }],
		['of another type', { trigger_type: 'schedule' }],
		['of a name in other letters', { name: 'integration x' }],
		['of a longer name', { name: 'Integration X ' }],
	])('does not take a trigger that is %s', async (_name, difference) => {
		const { client } = platform([difference]);
		expect(await client.findOrCreateTrigger(wish)).toMatchObject({ triggerId: 'new1', created: true });
	});

	it('makes one trigger for many calls at once', async () => {
		const { client, stored, requests } = platform();
		const found = await Promise.all(Array.from({ length: 20 }, () => client.findOrCreateTrigger(wish)));
		expect(new Set(found.map(({ triggerId }) => triggerId)).size).toBe(1);
		expect(found.filter(({ created }) => created)).toHaveLength(1);
		expect(stored).toHaveLength(1);
		expect(requests()).toEqual(['GET /api/triggers', 'POST /api/triggers']);
	});

	it('makes its own for another agent or another name at the same moment', async () => {
		const { client, stored } = platform();
		await Promise.all([
			client.findOrCreateTrigger(wish),
			client.findOrCreateTrigger({ ...wish, agentId: 'a2' }),
			client.findOrCreateTrigger({ ...wish, name: 'Other' }),
		]);
		expect(stored).toHaveLength(3);
	});

	it('makes one trigger also when the call that the others wait for is aborted', async () => {
		const { client, stored } = platform();
		const caller = new AbortController();
		const first = client.findOrCreateTrigger({ ...wish, signal: caller.signal });
		const others = Array.from({ length: 5 }, () => client.findOrCreateTrigger(wish));
		caller.abort();
		await expect(first).rejects.toMatchObject({ kind: 'aborted' });
		const found = await Promise.all(others);
		expect(found.filter(({ created }) => created)).toHaveLength(1);
		expect(stored).toHaveLength(1);
	});

	it('that waits for another call can be aborted on its own, before that one has ended', async () => {
		const { fetch } = platform();
		let open = () => {};
		const gate = new Promise<void>(resolve => {
			open = resolve;
		});
		const slow = (url: string, init: FetchInit) => gate.then(() => fetch(url, init));
		const client = createClient({ apiKey: FAKE_KEY, fetch: slow });
		const caller = new AbortController();
		const first = client.findOrCreateTrigger(wish);
		const second = client.findOrCreateTrigger({ ...wish, signal: caller.signal });
		caller.abort();
		// The other call may still make it.
		await expect(second).rejects.toMatchObject({ kind: 'aborted', effect: 'unknown' });
		open();
		await expect(first).resolves.toMatchObject({ created: true });
	});

	describe('when the trigger differs', () => {
		const execution = { mode: 'async', callback: { url: `${CALLBACK}-old`, method: 'POST' } };
		const seed = [{ trigger_config: { auth: { type: 'api_key' }, execution } }];

		it.each([
			['mode "async" instead of "sync"', { mode: 'sync' }],
			['another callback URL', { mode: 'async', callbackUrl: CALLBACK }],
			['a callback URL', { mode: 'async' }],
		] as const)('fails and names the difference, %s, without showing a URL', async (difference, asked) => {
			const { client, requests } = platform(seed);
			const error: unknown = await client.findOrCreateTrigger({ ...wish, ...asked }).catch((e: unknown) => e);
			expect(error).toMatchObject({ kind: 'config', message: expect.stringContaining(difference) });
			expect(String(error)).not.toContain('abc123def456');
			expect(requests()).toEqual(['GET /api/triggers']);
		});

		it('fails and names it when there is no callback URL yet', async () => {
			const { client } = platform([{ trigger_config: { execution: { mode: 'async' } } }]);
			const call = client.findOrCreateTrigger({ ...wish, mode: 'async', callbackUrl: CALLBACK });
			await expect(call).rejects.toMatchObject({ message: expect.stringContaining('no callback URL') });
		});

		it('takes it as it is with onMismatch reuse', async () => {
			const { client, requests } = platform(seed);
			const found = await client.findOrCreateTrigger({ ...wish, onMismatch: 'reuse' });
			expect(found).toMatchObject({ mode: 'async', callbackUrl: `${CALLBACK}-old`, created: false });
			expect(requests()).toEqual(['GET /api/triggers']);
		});

		it('changes what differs with onMismatch update, and keeps the rest of its configuration', async () => {
			const { client, stored } = platform(seed);
			const updated = { ...wish, mode: 'async', callbackUrl: CALLBACK, onMismatch: 'update' } as const;
			expect(await client.findOrCreateTrigger(updated)).toMatchObject({
				callbackUrl: CALLBACK,
				created: false,
			});
			expect(stored[0]?.trigger_config).toEqual({
				auth: { type: 'api_key' },
				execution: { mode: 'async', callback: { url: CALLBACK, method: 'POST' } },
			});
		});

		it('has no callback URL any more when it is updated to sync', async () => {
			const { client } = platform(seed);
			const found = await client.findOrCreateTrigger({ ...wish, onMismatch: 'update' });
			expect(found).toMatchObject({ triggerId: 't1', mode: 'sync', created: false });
			expect(found).not.toHaveProperty('callbackUrl');
		});

		it('has what was asked for also when the answer to the update holds little', async () => {
			const { fetch } = platform(seed);
			const terse = async (url: string, init: FetchInit) => {
				const answer = await fetch(url, init);
				return init.method === 'PATCH' ? Response.json({ success: true, data: { id: 't1' } }) : answer;
			};
			const client = createClient({ apiKey: FAKE_KEY, fetch: terse });
			const updated = { ...wish, mode: 'async', callbackUrl: CALLBACK, onMismatch: 'update' } as const;
			expect(await client.findOrCreateTrigger(updated)).toMatchObject({
				...wish,
				mode: 'async',
				callbackUrl: CALLBACK,
			});
		});
	});
});

describe('createTrigger', () => {
	it.each([
		{ ...wish, name: '' },
		{ ...wish, callbackUrl: CALLBACK },
		{ ...wish, mode: 'async', callbackUrl: 'http://my-platform.example/hook' },
		{ ...wish, mode: 'async', callbackUrl: 'https://169.254.169.254/' },
	] as const)('sends nothing for %j', async params => {
		const { client, requests } = platform();
		await expect(client.createTrigger(params)).rejects.toMatchObject({ kind: 'config' });
		await expect(client.findOrCreateTrigger(params)).rejects.toMatchObject({ kind: 'config' });
		expect(requests()).toEqual([]);
	});

	it.each([
		['at the root', { webhook_url: 'https://w.example/1', data: { id: 't1' } }],
		['in data', { data: { id: 't1', webhook_url: 'https://w.example/1' } }],
		['in a flat answer', { id: 't1', webhook_url: 'https://w.example/1' }],
	])('finds the webhook URL %s', async (_name, body) => {
		const client = createClient({
			apiKey: FAKE_KEY,
			fetch: async () => Response.json(body, { status: 201 }),
		});
		expect(await client.createTrigger(wish)).toMatchObject({
			triggerId: 't1',
			webhookUrl: 'https://w.example/1',
		});
	});

	it('names the webhook itself where the answer does not', async () => {
		const client = createClient({
			apiKey: FAKE_KEY,
			fetch: async () => Response.json({ data: { id: 't/1' } }),
		});
		const { webhookUrl } = await client.createTrigger(wish);
		expect(webhookUrl).toBe('https://llm.zihin.ai/api/triggers/webhook/t%2F1');
	});
});

describe('listTriggers', () => {
	it('lists all pages, or only the triggers of one agent', async () => {
		const { client } = platform([{}, { agent_id: 'a2' }, {}]);
		expect((await client.listTriggers()).map(({ triggerId }) => triggerId)).toEqual(['t3', 't2', 't1']);
		expect((await client.listTriggers({ agentId: 'a2' })).map(({ triggerId }) => triggerId)).toEqual(['t2']);
	});
});

describe('deleteTrigger', () => {
	it('succeeds', async () => {
		const { client, stored } = platform([{}]);
		await expect(client.deleteTrigger({ triggerId: 't1' })).resolves.toBeUndefined();
		expect(stored).toEqual([]);
	});

	it('of a trigger that was never there is not_found', async () => {
		await expect(platform().client.deleteTrigger({ triggerId: 'x' })).rejects.toMatchObject({
			kind: 'not_found',
		});
	});

	it.each([404, 410])('that finds nothing (%i) when it is repeated has succeeded', async status => {
		const statuses = [503, status];
		const fetch = async () => new Response('{}', { status: statuses.shift() ?? 500 });
		const client = createClient({ apiKey: FAKE_KEY, fetch, sleep: async () => {} });
		await expect(client.deleteTrigger({ triggerId: 't1' })).resolves.toBeUndefined();
		expect(statuses).toEqual([]);
	});
});

describe('dispatchAgent', () => {
	it('never goes to a URL that the server sent', async () => {
		const { client, requests, fetch } = platform();
		const { triggerId, webhookUrl } = await client.createTrigger(wish);
		expect(webhookUrl).toContain('elsewhere.example');
		await client.dispatchAgent({ triggerId, payload: { message: 'x' } }).catch(() => {});
		expect(requests().at(-1)).toBe(`POST /api/triggers/webhook/${triggerId}`);
		const hosts = fetch.mock.calls.map(([url]) => new URL(url).host);
		expect(new Set(hosts)).toEqual(new Set(['llm.zihin.ai']));
	});

	it.each([
		['at the root', { execution_id: 'e1', status: 'pending' }],
		['in data', { success: true, data: { execution_id: 'e1', status: 'PENDING' } }],
		['as id', { data: { id: 'e1' } }],
	])('finds the execution %s', async (_name, body) => {
		const client = createClient({
			apiKey: FAKE_KEY,
			fetch: async () => Response.json(body, { status: 202 }),
		});
		const dispatched = await client.dispatchAgent({ triggerId: 't1', payload: { message: 'x' } });
		expect(dispatched).toEqual({ executionId: 'e1', status: 'pending' });
	});

	it('that is accepted without an execution is a protocol error', async () => {
		const client = createClient({ apiKey: FAKE_KEY, fetch: async () => Response.json({}, { status: 202 }) });
		const call = client.dispatchAgent({ triggerId: 't1', payload: { message: 'x' } });
		await expect(call).rejects.toMatchObject({ kind: 'protocol', effect: 'unknown', status: 202 });
	});
});
