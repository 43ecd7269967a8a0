import { getEventListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient, type FetchInit } from '../src/index.ts';
import { FAKE_KEY } from './cases.ts';
import {
	CALLS,
	expectOutcome,
	expectProperError,
	faultCase,
	outcomeOf,
	watchedClient,
} from './fault-cases.ts';
import {
	type Behaviour,
	type FaultServer,
	head,
	healthy,
	inTurn,
	json,
	reset,
	sse,
	startFaultServer,
	stream,
} from './fault-server.ts';

const both = (['idempotent', 'sideEffect'] as const).flatMap(requestClass =>
	Object.entries(CALLS[requestClass]).map(([name, call]) => ({ requestClass, name, call })),
);

const servers: FaultServer[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await server.close();
});

async function serve(behaviour: Behaviour): Promise<FaultServer> {
	const server = await startFaultServer(behaviour);
	servers.push(server);
	return server;
}

function expectedOf(id: string, requestClass: 'idempotent' | 'sideEffect') {
	const expected = faultCase(id).expect[requestClass];
	return expected === '*' || expected === null ? expect.unreachable(id) : expected;
}

describe('a side effect', () => {
	it('F052: whose answer was lost is never sent again, also inside findOrCreateTrigger', async () => {
		const server = await serve(inTurn(json({ data: [] }), reset));
		const { client, watch } = watchedClient(server.url);
		const outcome = await outcomeOf(() => client.findOrCreateTrigger({ agentId: 'a1', name: 'n' }));
		expectOutcome(expectedOf('F052', 'sideEffect'), outcome, server.requests.length, watch.retries);
		expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
		expect(outcome.error).toMatchObject({
			effect: 'unknown',
			endpoint: expect.stringMatching(/^POST .*triggers$/),
		});
	});

	it.each([500, 502, 504])('that was answered with %i may have been carried out', async status => {
		const server = await serve(json({}, { status }));
		const { error } = await outcomeOf(
			() => CALLS.sideEffect.invokeAgent?.(watchedClient(server.url).client) ?? wait(0),
		);
		expect(error).toMatchObject({ effect: 'unknown', retryable: true });
	});

	it.each([400, 401, 404, 429, 503])('that was answered with %i was not', async status => {
		const server = await serve(json({}, { status }));
		const { error } = await outcomeOf(
			() => CALLS.sideEffect.dispatchAgent?.(watchedClient(server.url).client) ?? wait(0),
		);
		expect(error).toMatchObject({ effect: 'none' });
	});

	it('that was refused, and aborted while waiting for its next attempt, was not carried out', async () => {
		const server = await serve(json({}, { status: 503 }));
		const caller = new AbortController();
		const { client } = watchedClient(server.url, { sleep: async () => caller.abort() });
		const call = client.dispatchAgent({ triggerId: 't1', payload: { message: 'x' }, signal: caller.signal });
		await expect(call).rejects.toMatchObject({ kind: 'aborted', effect: 'none' });
	});

	it('that timed out without an answer may have been', async () => {
		const server = await serve(() => {});
		const { client } = watchedClient(server.url, { timeoutMs: 50 });
		const call = client.dispatchAgent({ triggerId: 't1', payload: { message: 'x' } });
		await expect(call).rejects.toMatchObject({ kind: 'timeout', effect: 'unknown' });
	});
});

describe('the budget of a call', () => {
	beforeEach(() => void vi.spyOn(Date, 'now'));
	afterEach(() => void vi.restoreAllMocks());

	it.each(both)(
		'F064: is not moved by a jump of the clock while $name waits',
		async ({ requestClass, name, call }) => {
			// An hour forward for one call of each class, an hour back for the other.
			const jump = /^(list|invoke)/.test(name) ? 3_600_000 : -3_600_000;
			const realNow = performance.timeOrigin + performance.now();
			const date = new Date(realNow + 2000).toUTCString();
			const busy = json({}, { status: 429, headers: { 'retry-after': date } });
			const server = await serve(inTurn(busy, healthy));
			const { client, watch } = watchedClient(server.url, {
				sleep: async (ms, signal) => {
					vi.mocked(Date.now).mockReturnValue(realNow + jump);
					await wait(ms, undefined, { signal });
				},
			});
			const outcome = await outcomeOf(() => call(client));
			expectOutcome(expectedOf('F064', requestClass), outcome, server.requests.length, watch.retries);
		},
	);

	it.each(both)('is not spent on a Retry-After that is longer: $name fails at once', async ({ call }) => {
		const server = await serve(json({}, { status: 429, headers: { 'retry-after': '130' } }));
		const { client, watch } = watchedClient(server.url);
		const { error } = await outcomeOf(() => call(client));
		expect(error).toMatchObject({ kind: 'rate_limit', status: 429, retryAfterMs: 130_000, retryable: true });
		expect([server.requests.length, watch.retries]).toEqual([1, 0]);
	});

	it('F071: counts the time of the consumer of a stream', async () => {
		const tokens = Array.from({ length: 20 }, (_, index) => sse('token', { content: String(index) }));
		const server = await serve(socket => {
			socket.write(head({ headers: { 'content-type': 'text/event-stream' } }));
			for (const token of tokens) socket.write(token);
		});
		const { client, watch } = watchedClient(server.url, { timeoutMs: 1000 });
		const consume = async () => {
			for await (const _chunk of client.streamAgent({ agentId: 'a1', message: 'hi' })) await wait(200);
		};
		const outcome = await outcomeOf(consume);
		expectOutcome(expectedOf('F071', 'sideEffect'), outcome, server.requests.length, watch.retries);
		expect(watch.runningDeadlines).toBe(0);
	});
});

describe("the caller's signal", () => {
	it.each(both)('F078: has no effect once $name is complete', async ({ requestClass, call }) => {
		const server = await serve(healthy);
		const { client, watch } = watchedClient(server.url);
		const caller = new AbortController();
		const outcome = await outcomeOf(() => call(client, caller.signal));
		caller.abort();
		await wait(20);
		expectOutcome(expectedOf('F078', requestClass), outcome, server.requests.length, watch.retries);
	});

	it.each(both)('F083: keeps no listener after 1000 times $name', async ({ call }) => {
		const warnings: unknown[] = [];
		const onWarning = (warning: unknown) => void warnings.push(warning);
		process.on('warning', onWarning);
		const server = await serve(healthy);
		const { signal } = new AbortController();
		const { client } = watchedClient(server.url);
		// Ten at once: Node 18 warns of the eleventh listener, although each belongs to a call under way.
		for (let round = 0; round < 100; round++) {
			await Promise.all(Array.from({ length: 10 }, () => call(client, signal)));
		}
		expect(server.requests).toHaveLength(1000);
		expect(getEventListeners(signal, 'abort')).toEqual([]);
		await wait(1);
		process.off('warning', onWarning);
		expect(warnings.map(String).filter(warning => warning.includes('MaxListeners'))).toEqual([]);
	});

	it.each(both)('that has aborted before keeps $name from calling fetch at all', async ({ call }) => {
		const fetch = vi.fn(globalThis.fetch);
		const { client } = watchedClient('http://127.0.0.1:9999', { fetch });
		const { error } = await outcomeOf(() => call(client, AbortSignal.abort()));
		expect(error).toMatchObject({ kind: 'aborted', effect: 'none' });
		expect(fetch).not.toHaveBeenCalled();
	});
});

describe('fetch', () => {
	it.each(both)(
		'F126: that throws instead of rejecting fails $name properly',
		async ({ requestClass, call }) => {
			let calls = 0;
			const fetch = () => {
				calls++;
				throw new Error(`x ${FAKE_KEY}`);
			};
			const { client, watch } = watchedClient('http://127.0.0.1:9999', { fetch });
			const outcome = await outcomeOf(() => call(client));
			expectOutcome(expectedOf('F126', requestClass), outcome, calls, watch.retries);
		},
	);

	it('F129: that does not exist is a config error when the client is made', () => {
		vi.stubGlobal('fetch', undefined);
		try {
			createClient({ apiKey: FAKE_KEY });
			expect.unreachable();
		} catch (error) {
			expectProperError(error);
			expect(error).toMatchObject({
				kind: 'config',
				retryable: false,
				message: expect.stringContaining('fetch'),
			});
		} finally {
			vi.unstubAllGlobals();
		}
	});

	it.each(both)(
		'F131: is told by $name neither to follow redirects nor to cache',
		async ({ requestClass, call }) => {
			const server = await serve(healthy);
			const inits: FetchInit[] = [];
			const { client } = watchedClient(server.url, {
				fetch: (url, init) => {
					inits.push(init);
					return globalThis.fetch(url, init);
				},
			});
			await call(client);
			expect(inits).toMatchObject([{ redirect: 'error', cache: 'no-store' }]);
			expect(inits[0]?.timeoutMs).toBeGreaterThan(0);

			const headers = server.requests[0]?.headers ?? [];
			const valuesOf = (wanted: string) =>
				headers.filter(([name]) => name === wanted).map(([, value]) => value);
			expect(valuesOf('x-api-key')).toEqual([FAKE_KEY]);
			expect(valuesOf('user-agent')).toEqual([expect.stringMatching(/^zihin-agent-client\/\d/)]);
			expect(valuesOf('accept')).toEqual([expect.stringMatching(/^(application\/json|text\/event-stream)$/)]);
			expect([...valuesOf('cookie'), ...valuesOf('authorization'), ...valuesOf('idempotency-key')]).toEqual(
				[],
			);
			expect(valuesOf('content-type')).toEqual(requestClass === 'sideEffect' ? ['application/json'] : []);
		},
	);

	it('is sent an idempotency key by dispatchAgent only when the caller gives one', async () => {
		const server = await serve(healthy);
		const { client } = watchedClient(server.url);
		await client.dispatchAgent({ triggerId: 't1', payload: { message: 'x' }, idempotencyKey: 'run-1' });
		expect(server.requests[0]?.headers).toContainEqual(['idempotency-key', 'run-1']);
	});
});

it.each(both)('F132: 100 times $name at once do not disturb each other', async ({ call }) => {
	const server = await serve((socket, request) => void setTimeout(() => healthy(socket, request), 50));
	const { client, watch } = watchedClient(server.url);
	const callers = Array.from({ length: 100 }, () => new AbortController());
	const outcomes = callers.map(({ signal }) => outcomeOf(() => call(client, signal)));
	const abortEveryTenth = callers.filter((_, index) => index % 10 === 0);
	await wait(10);
	for (const caller of abortEveryTenth) caller.abort();
	const errors = (await Promise.all(outcomes)).map(({ error }) => error);
	errors.forEach((error, index) => {
		if (index % 10 === 0) expect(error).toMatchObject({ kind: 'aborted' });
		else expect(error).toBeUndefined();
	});
	expect(watch.runningDeadlines).toBe(0);
});

describe('a key without the right', () => {
	it.each(both)('fails $name as auth', async ({ call }) => {
		const server = await serve(json({ error: { code: 'FORBIDDEN', message: 'No.' } }, { status: 403 }));
		const { error } = await outcomeOf(() => call(watchedClient(server.url).client));
		expect(error).toMatchObject({ kind: 'auth', status: 403, code: 'FORBIDDEN', retryable: false });
	});

	it.each([
		{ error: { code: 'FORBIDDEN', message: 'No.', details: { reason: 'AGENT_ACCESS_DENIED' } } },
		{ error: 'AGENT_NOT_FOUND', message: 'No.' },
	])('to an agent that is not there is not_found: %j', async body => {
		const server = await serve(json(body, { status: 403 }));
		const { error } = await outcomeOf(() => watchedClient(server.url).client.listAgents());
		expect(error).toMatchObject({ kind: 'not_found', status: 403 });
	});
});

describe('an error while streaming', () => {
	it('is thrown after the chunks before it', async () => {
		const body = sse('token', { content: 'a' }) + sse('error', { error: { code: 'X', message: 'broke' } });
		const server = await serve(stream(body));
		const { client } = watchedClient(server.url);
		const seen: string[] = [];
		const consume = async () => {
			for await (const { type } of client.streamAgent({ agentId: 'a1', message: 'hi' })) seen.push(type);
		};
		await expect(consume()).rejects.toMatchObject({ kind: 'server', code: 'X' });
		expect(seen).toEqual(['token']);
	});
});
