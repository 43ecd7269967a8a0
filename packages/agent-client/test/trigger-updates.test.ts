import { describe, expect, it } from 'vitest';
import { createClient } from '../src/index.ts';

const CALLBACK = 'https://my-platform.com/hook?token=1';

/** A platform with one trigger of this configuration; it notes what it is sent, and answers tersely. */
function platform(execution: object, answer: (method: string) => Response = () => Response.json({})) {
	const requests: { method: string; path: string; body: unknown }[] = [];
	const trigger = {
		id: 't1',
		agent_id: 'a1',
		name: 'Orders',
		trigger_type: 'webhook',
		enabled: true,
		trigger_config: { auth: { type: 'api_key' }, session_strategy: { mode: 'ephemeral' }, execution },
	};
	const client = createClient({
		apiKey: 'zhn_test_0123456789abcdef',
		fetch: async (url, { method, body }) => {
			const { pathname } = new URL(url);
			requests.push({ method, path: pathname, body: body === undefined ? undefined : JSON.parse(body) });
			return method === 'GET' ? Response.json({ data: trigger }) : answer(method);
		},
	});
	return { client, requests };
}

describe('updateTrigger', () => {
	it('changes what is asked for, and sends the rest back as it was', async () => {
		const { client, requests } = platform({
			mode: 'async',
			timeout_ms: 9000,
			callback: { url: CALLBACK, auth: 'x' },
		});
		const updated = await client.updateTrigger({ triggerId: 't1', name: 'Sales' });
		expect(updated).toMatchObject({ triggerId: 't1', name: 'Sales', mode: 'async', callbackUrl: CALLBACK });
		expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
			'GET /api/triggers/t1',
			'PATCH /api/triggers/t1',
		]);
		expect(requests[1]?.body).toEqual({
			name: 'Sales',
			trigger_config: {
				auth: { type: 'api_key' },
				session_strategy: { mode: 'ephemeral' },
				execution: { mode: 'async', timeout_ms: 9000, callback: { url: CALLBACK, auth: 'x' } },
			},
		});
	});

	it('gives another callback URL a callback of its own', async () => {
		const { client, requests } = platform({ mode: 'async', callback: { url: CALLBACK, auth: 'x' } });
		const callbackUrl = 'https://my-platform.com/other';
		expect(await client.updateTrigger({ triggerId: 't1', callbackUrl })).toMatchObject({ callbackUrl });
		expect(requests[1]?.body).toMatchObject({
			trigger_config: { execution: { mode: 'async', callback: { url: callbackUrl, method: 'POST' } } },
		});
		expect(JSON.stringify(requests[1]?.body)).not.toContain('"auth":"x"');
	});

	it.each([{ callbackUrl: null }, { mode: 'sync' } as const])('%j takes the callback away', async change => {
		const { client, requests } = platform({ mode: 'async', callback: { url: CALLBACK } });
		const updated = await client.updateTrigger({ triggerId: 't1', ...change });
		expect(updated.callbackUrl).toBeUndefined();
		expect(JSON.stringify(requests[1]?.body)).not.toContain('callback');
	});

	it.each([
		['an empty name', { name: '' }],
		['a mode that does not exist', { mode: 'later' }],
		['a callback that is private', { callbackUrl: 'https://10.0.0.1/x' }],
		['an empty callback', { callbackUrl: '' }],
	])('%s is refused before anything is sent', async (_name, change) => {
		const { client, requests } = platform({ mode: 'async' });
		const params = { triggerId: 't1', ...change };
		// @ts-expect-error: a caller without types may pass any mode.
		await expect(client.updateTrigger(params)).rejects.toMatchObject({ kind: 'config' });
		expect(requests).toEqual([]);
	});

	it('a callback URL for a sync trigger is refused before anything is changed', async () => {
		const { client, requests } = platform({ mode: 'sync' });
		await expect(client.updateTrigger({ triggerId: 't1', callbackUrl: CALLBACK })).rejects.toMatchObject({
			kind: 'config',
		});
		expect(requests.map(({ method }) => method)).toEqual(['GET']);
	});
});

describe.each(['enable', 'disable'] as const)('%sTrigger', change => {
	it.each([
		['with the trigger', () => Response.json({ data: { id: 't1' } })],
		['with nothing', () => new Response(null, { status: 204 })],
	])('is done when the platform answers %s', async (_name, answer) => {
		const { client, requests } = platform({ mode: 'async' }, answer);
		await client[`${change}Trigger`]({ triggerId: 't1' });
		expect(requests).toEqual([{ method: 'POST', path: `/api/triggers/t1/${change}`, body: undefined }]);
	});

	it('is sent once, whatever the network does', async () => {
		const { client, requests } = platform({ mode: 'async' }, () => {
			throw new TypeError('fetch failed');
		});
		await expect(client[`${change}Trigger`]({ triggerId: 't1' })).rejects.toMatchObject({
			kind: 'network',
			effect: 'unknown',
		});
		expect(requests).toHaveLength(1);
	});
});
