import { describe, expect, it, vi } from 'vitest';
import { createClient, type FetchInit } from '../src/index.ts';
import { type CaseFile, FAKE_KEY, readCases } from './cases.ts';
import { COMPLETE_TURN } from './fault-server.ts';
import { everyViewOf } from './views.ts';

interface InputCase {
	readonly id: string;
	readonly kind: 'path-id' | 'api-key' | 'message' | 'payload' | 'option';
	readonly value: unknown;
	readonly expect: 'accept' | 'reject' | 'encode';
	readonly why: string;
}

const { cases } = readCases<CaseFile<InputCase>>('input-cases');
const ofKind = (kind: InputCase['kind']) => cases.filter(row => row.kind === kind);

/** What a JavaScript caller may pass where TypeScript wants a text. */
const loosely = <T>(value: unknown) => value as T;

const respond = async (url: string, _init: FetchInit) => {
	if (url.endsWith('/stream')) {
		return new Response(COMPLETE_TURN, { headers: { 'content-type': 'text/event-stream' } });
	}
	if (url.includes('/webhook/')) return Response.json({ execution_id: 'e1' }, { status: 202 });
	if (url.includes('/executions/')) return Response.json({ id: 'e1', status: 'completed' });
	if (url.endsWith('/triggers') || url.includes('/triggers/')) return Response.json({ data: { id: 't1' } });
	return Response.json({ data: [] });
};

function recordingClient(options: object = {}) {
	const fetch = vi.fn(respond);
	const client = createClient({ apiKey: FAKE_KEY, fetch, ...options });
	const sent = () => fetch.mock.calls.map(([url, init]) => ({ url, init }));
	return { client, sent };
}

async function failureOf(act: () => unknown): Promise<unknown> {
	try {
		await act();
	} catch (error) {
		return error;
	}
	return undefined;
}

/** A config error, and nothing has left. */
async function expectRefusal(act: () => unknown, sent: () => readonly unknown[]) {
	const error = await failureOf(act);
	expect(error).toMatchObject({ name: 'ZihinAgentError', kind: 'config', retryable: false, effect: 'none' });
	expect(sent()).toEqual([]);
	return error;
}

describe('an id in a path', () => {
	/** Every place where an id of the caller's becomes part of a path. */
	type Client = ReturnType<typeof recordingClient>['client'];
	const places: Readonly<Record<string, (client: Client, id: string) => Promise<unknown>>> = {
		'/api/v2/agents/{id}/stream': (client, agentId) => client.invokeAgent({ agentId, message: 'x' }),
		'/api/triggers/{id}': (client, triggerId) => client.getTrigger({ triggerId }),
		'/api/triggers/webhook/{id}': (client, triggerId) =>
			client.dispatchAgent({ triggerId, payload: { message: 'x' } }),
		'/api/triggers/{id}/executions/e1': (client, triggerId) =>
			client.getExecution({ triggerId, executionId: 'e1' }),
		'/api/triggers/t1/executions/{id}': (client, executionId) =>
			client.getExecution({ triggerId: 't1', executionId }),
	};
	const rows = ofKind('path-id').flatMap(row =>
		Object.entries(places).map(([place, call]) => ({ ...row, place, call })),
	);

	it.each(rows.filter(row => row.expect === 'reject'))(
		'$id is refused in $place: $why',
		async ({ call, value }) => {
			const { client, sent } = recordingClient();
			await expectRefusal(() => call(client, loosely(value)), sent);
		},
	);

	it.each(rows.filter(row => row.expect !== 'reject'))(
		'$id is one encoded segment of $place: $why',
		async ({ call, value, place }) => {
			const { client, sent } = recordingClient();
			await call(client, String(value));
			const expected = place.replace('{id}', encodeURIComponent(String(value)));
			expect(sent().map(({ url }) => url)).toEqual([`https://llm.zihin.ai${expected}`]);
			// What fetch makes of it is the same: nothing was walked up, cut off or read as another host.
			expect(new URL(`https://llm.zihin.ai${expected}`).pathname).toBe(expected);
		},
	);

	it.each(ofKind('path-id').filter(row => row.expect === 'reject'))(
		'$id is refused by deleteTrigger, createTrigger and streamAgent as well',
		async ({ value }) => {
			const { client, sent } = recordingClient();
			const id = loosely<string>(value);
			await expectRefusal(() => client.deleteTrigger({ triggerId: id }), sent);
			await expectRefusal(() => client.createTrigger({ agentId: id, name: 'n' }), sent);
			await expectRefusal(() => client.findOrCreateTrigger({ agentId: id, name: 'n' }), sent);
			await expectRefusal(() => client.streamAgent({ agentId: id, message: 'x' }).next(), sent);
		},
	);
});

describe('an API key', () => {
	it.each(ofKind('api-key').filter(row => row.expect === 'accept'))(
		'$id is taken: $why',
		async ({ value }) => {
			const { client, sent } = recordingClient({ apiKey: value });
			await client.listAgents();
			expect(sent()).toMatchObject([{ init: { headers: { 'X-Api-Key': value } } }]);
		},
	);

	it.each(ofKind('api-key').filter(row => row.expect === 'reject'))(
		'$id is refused and not shown: $why',
		async ({ value }) => {
			const fetch = vi.fn(respond);
			const act = () => createClient({ apiKey: loosely(value), fetch });
			const error = await expectRefusal(act, () => fetch.mock.calls);
			const shown = everyViewOf(error);
			// "undefined" and the like are ordinary words.
			if (typeof value === 'string' && value.length > 12) expect(shown).not.toContain(value.trim());
			expect(shown).not.toContain('A1b2C3d4');
		},
	);

	it.each(['zhn_dev_abc', 'zhn_test_a-b_c.d'])('%s is taken', apiKey => {
		expect(() => createClient({ apiKey, fetch: respond })).not.toThrow();
	});

	it.each([undefined, null, ''])('that is %s is said to be missing', apiKey => {
		expect(() => createClient({ apiKey: loosely(apiKey), fetch: respond })).toThrow('missing');
	});
});

describe('a message', () => {
	it.each(ofKind('message').filter(row => row.expect === 'accept'))(
		'$id is sent as it is: $why',
		async ({ value }) => {
			const { client, sent } = recordingClient();
			await client.invokeAgent({ agentId: 'a1', message: String(value) });
			expect(JSON.parse(sent()[0]?.init.body ?? '')).toEqual({ message: value });
		},
	);

	it.each(ofKind('message').filter(row => row.expect === 'reject'))(
		'$id is refused: $why',
		async ({ value }) => {
			const { client, sent } = recordingClient();
			await expectRefusal(() => client.invokeAgent({ agentId: 'a1', message: loosely(value) }), sent);
		},
	);

	it.each([undefined, null, 7, {}, ['x']])('that is %j is refused', async value => {
		const { client, sent } = recordingClient();
		await expectRefusal(() => client.invokeAgent({ agentId: 'a1', message: loosely(value) }), sent);
	});
});

describe('a payload', () => {
	it.each(ofKind('payload'))('$id travels as data: $why', async row => {
		expect(row.expect).toBe('accept');
		const { client, sent } = recordingClient();
		await client.dispatchAgent({ triggerId: 't1', payload: loosely(row.value) });
		expect(sent()[0]?.init.body).toBe(JSON.stringify(row.value));
		expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
	});

	const cycle: { message: string; self?: unknown } = { message: 'x' };
	cycle.self = cycle;
	it.each([
		['missing', undefined],
		['null', null],
		['a text', 'x'],
		['a list', ['x']],
		['a cycle', cycle],
		['a BigInt', { message: 'x', n: 1n }],
	])('that is %s is refused', async (_name, payload) => {
		const { client, sent } = recordingClient();
		await expectRefusal(() => client.dispatchAgent({ triggerId: 't1', payload: loosely(payload) }), sent);
	});
});

describe('an option', () => {
	const NUMBERS: Readonly<Record<string, number>> = {
		NaN: Number.NaN,
		Infinity: Number.POSITIVE_INFINITY,
		'-Infinity': Number.NEGATIVE_INFINITY,
	};
	/** Some numbers are written as text, because JSON has none of them. */
	const optionsOf = (value: unknown) =>
		Object.fromEntries(
			Object.entries(Object(value)).map(([name, given]) => [name, NUMBERS[String(given)] ?? given]),
		);

	it.each(ofKind('option').filter(row => row.expect === 'accept'))(
		'$id is taken: $why',
		async ({ value }) => {
			const { client } = recordingClient(optionsOf(value));
			await expect(client.listAgents()).resolves.toEqual([]);
		},
	);

	it.each(ofKind('option').filter(row => row.expect === 'reject'))(
		'$id is refused by its name: $why',
		async ({ value }) => {
			const fetch = vi.fn(respond);
			const options = optionsOf(value);
			const act = () => createClient({ apiKey: FAKE_KEY, fetch, ...options });
			const error = await expectRefusal(act, () => fetch.mock.calls);
			expect(String(error)).toContain(Object.keys(options)[0]);
		},
	);

	it.each(ofKind('option').filter(({ value }) => /timeoutMs|maxRetries/.test(JSON.stringify(value))))(
		'$id is judged alike when it is given to a single call',
		async row => {
			const { client, sent } = recordingClient();
			const act = () => client.listAgents(optionsOf(row.value));
			if (row.expect === 'accept') await expect(act()).resolves.toEqual([]);
			else await expectRefusal(act, sent);
		},
	);

	it('is needed by no call that takes none', async () => {
		const { client } = recordingClient();
		await expect(client.listAgents()).resolves.toEqual([]);
	});

	it.each(['temperature', 'maxTokens'])('%s must be a number, 0 or more; 0 is sent', async name => {
		const { client, sent } = recordingClient();
		for (const value of [-1, Number.NaN, '1', null]) {
			await expectRefusal(
				() => client.invokeAgent({ agentId: 'a', message: 'x', [name]: loosely(value) }),
				sent,
			);
		}
		await client.invokeAgent({ agentId: 'a', message: 'x', [name]: 0 });
		expect(JSON.parse(sent()[0]?.init.body ?? '')).toMatchObject({
			options: { [name === 'maxTokens' ? 'max_tokens' : name]: 0 },
		});
	});
});

describe('the parameters of a call', () => {
	it.each([undefined, null, 'a1', 7])('that are %j are refused', async params => {
		const { client, sent } = recordingClient();
		await expectRefusal(() => client.invokeAgent(loosely(params)), sent);
		await expectRefusal(() => client.dispatchAgent(loosely(params)), sent);
		await expectRefusal(() => client.streamAgent(loosely(params)).next(), sent);
	});

	it.each([{}, 'signal', new AbortController()])('with the signal %j are refused', async signal => {
		const { client, sent } = recordingClient();
		await expectRefusal(() => client.listAgents({ signal: loosely(signal) }), sent);
	});
});

it('an empty session id starts a conversation, as an absent one does', async () => {
	const { client, sent } = recordingClient();
	await client.invokeAgent({ agentId: 'a1', message: 'x', sessionId: '' });
	expect(JSON.parse(sent()[0]?.init.body ?? '')).toEqual({ message: 'x' });
});
