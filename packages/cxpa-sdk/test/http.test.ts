import { describe, expect, it, vi } from 'vitest';
import { mintZoneToken } from '../src/testing.ts';
import { ApiError, createZoneClient, TransportError, type ZoneClientOptions } from '../src/zone/index.ts';
import { cut, json, silent, stubPlatform, text } from './stub-platform.ts';

const TOKEN = await mintZoneToken({ secret: 's', audience: 'a' });
const RUN = { id: 7, status: 'completed', output_data: null, error: null };

const clientOf = (baseUrl: string, options: Partial<ZoneClientOptions> = {}) =>
	createZoneClient({ baseUrl, token: TOKEN, agentId: 1, ...options });

const failureOf = (work: Promise<unknown>) =>
	work.then(
		() => {
			throw new Error('It did not fail.');
		},
		(error: unknown) => error,
	);

/** Everything of an error that could be printed or sent on. */
function everythingOf(error: unknown): string {
	const own = error instanceof Error ? [error.message, error.stack, String(error.cause)] : [];
	return [...own, JSON.stringify(error)].join('\n');
}

describe('an answer other than 2xx', () => {
	it.each([300, 304, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502])(
		'is an ApiError: %i',
		async status => {
			const answer =
				status === 304 ? text('', 304) : json({ error: 'No.' }, status, { 'x-request-id': 'req_1' });
			const { url } = await stubPlatform(answer);
			const error = await failureOf(clientOf(url, { maxRetries: 0 }).runs.get(7));
			expect(error).toBeInstanceOf(ApiError);
			expect(error).toMatchObject({
				name: 'ApiError',
				status,
				method: 'GET',
				path: '/api/zones/agents/1/runs/7',
			});
			if (status !== 304) {
				expect(error).toMatchObject({ message: 'No.', body: { error: 'No.' }, requestId: 'req_1' });
			}
		},
	);

	it('without the envelope is told by its status text, and keeps its text as the body', async () => {
		const { url } = await stubPlatform(text('<h1>Bad Gateway</h1>', 502));
		const error = await failureOf(clientOf(url).runs.create({}));
		expect(error).toMatchObject({ message: 'Bad Gateway', body: '<h1>Bad Gateway</h1>', status: 502 });
	});

	it('that is larger than its message is worth leaves the body out', async () => {
		const { url } = await stubPlatform(text('x'.repeat(70_000), 500));
		expect(await failureOf(clientOf(url).runs.create({}))).toMatchObject({ status: 500, body: undefined });
	});

	it('never shows the token, however the platform repeats it', async () => {
		const escaped = TOKEN.replace('e', '\\u0065');
		const body = `{"error":"Bad token ${TOKEN}","seen":{"authorization":["Bearer ${escaped}"]}}`;
		for (const sent of [body, body.slice(0, -1)]) {
			const { url } = await stubPlatform(text(sent, 401));
			const shown = everythingOf(await failureOf(clientOf(url).runs.create({})));
			expect(shown).toContain('[redacted]');
			for (const part of TOKEN.split('.')) expect(shown).not.toContain(part);
		}
	});

	it('shows no token in a name or in a header either', async () => {
		const { url } = await stubPlatform(json({ [TOKEN]: 1 }, 401, { 'x-request-id': TOKEN }));
		const shown = everythingOf(await failureOf(clientOf(url).runs.create({})));
		for (const part of TOKEN.split('.')) expect(shown).not.toContain(part);
	});

	it('that is a redirect is not followed, so that the token goes nowhere else', async () => {
		const other = await stubPlatform(json(RUN));
		const { url } = await stubPlatform((response, { url: path }) => {
			response.writeHead(307, { location: other.url + path }).end();
		});
		expect(await failureOf(clientOf(url).runs.get(7))).toMatchObject({ name: 'ApiError', status: 307 });
		expect(other.seen).toEqual([]);
	});
});

describe('a transport fault', () => {
	it('is no ApiError: nobody listens', async () => {
		const error = await failureOf(clientOf('http://127.0.0.1:1', { maxRetries: 0 }).runs.get(7));
		expect(error).toBeInstanceOf(TransportError);
		expect(error).not.toBeInstanceOf(ApiError);
		expect(error).toMatchObject({ fault: 'network', method: 'GET', path: '/api/zones/agents/1/runs/7' });
		expect(everythingOf(error)).not.toContain(TOKEN);
	});

	it('is told when the body breaks off', async () => {
		const { url } = await stubPlatform(response => {
			response.writeHead(200, { 'content-length': '100' }).write('{"id":');
			response.destroy();
		});
		expect(await failureOf(clientOf(url).runs.create({}))).toMatchObject({ fault: 'network' });
	});

	it('is a timeout when no answer comes, or its body stays away', async () => {
		const headOnly = await stubPlatform(response => void response.writeHead(200).write('{'));
		for (const { url } of [await stubPlatform(silent), headOnly]) {
			const error = await failureOf(clientOf(url, { timeoutMs: 50 }).runs.get(7));
			expect(error).toMatchObject({ fault: 'timeout', message: expect.stringContaining('50 ms') });
		}
	});

	it('is one when a fetch ignores its signal', async () => {
		const fetch = () => new Promise<Response>(() => {});
		expect(await failureOf(clientOf('http://localhost', { fetch, timeoutMs: 20 }).runs.get(7))).toMatchObject(
			{
				fault: 'timeout',
			},
		);
	});

	it("is the caller's own abort, before and during the call", async () => {
		const { url, seen } = await stubPlatform(silent);
		const before = await failureOf(clientOf(url).runs.get(7, { signal: AbortSignal.abort() }));
		expect([before, seen]).toEqual([expect.objectContaining({ fault: 'aborted' }), []]);
		const controller = new AbortController();
		const during = failureOf(clientOf(url).runs.createAndWait({}, { signal: controller.signal }));
		await vi.waitUntil(() => seen.length === 1);
		controller.abort();
		expect(await during).toMatchObject({ fault: 'aborted' });
	});

	it.each([
		['text', text('Hello')],
		['an array', json([])],
		['a run without a status', json({ id: 7 })],
		['a run whose output is text', json({ ...RUN, output_data: 'x' })],
		['a run whose error is an object', json({ ...RUN, error: {} })],
	])('is a 2xx that cannot be what was asked for: %s', async (_, answer) => {
		const { url } = await stubPlatform(answer);
		expect(await failureOf(clientOf(url).runs.get(7))).toMatchObject({ fault: 'protocol' });
	});

	it.each([{}, { runId: '7' }, { runId: null }])('is a started run that is told as %j', async body => {
		const { url } = await stubPlatform(json(body));
		expect(await failureOf(clientOf(url).runs.create({}))).toMatchObject({ fault: 'protocol' });
	});
});

describe('repeating', () => {
	it.each([429, 502, 503, 504])('a read is sent again after %i', async status => {
		const { url, seen } = await stubPlatform(json({}, status, { 'retry-after': '0' }), json(RUN));
		expect(await clientOf(url).runs.get(7)).toMatchObject({ status: 'completed' });
		expect(seen.length).toBe(2);
	});

	it('a read is sent again after a lost connection, as often as it may', async () => {
		vi.spyOn(Math, 'random').mockReturnValue(0);
		const { url, seen } = await stubPlatform(cut);
		await failureOf(clientOf(url, { maxRetries: 3 }).credentials.get('hubspot'));
		expect(seen.length).toBe(4);
		vi.restoreAllMocks();
	});

	it.each([401, 404, 409, 500])('a read is not sent again after %i', async status => {
		const { url, seen } = await stubPlatform(json({}, status));
		await failureOf(clientOf(url).runs.get(7));
		expect(seen.length).toBe(1);
	});

	it.each([
		['429', json({}, 429, { 'retry-after': '0' })],
		['503', json({}, 503)],
		['a lost connection', cut],
	])('starting a run is never sent again: %s', async (_, answer) => {
		for (const start of ['create', 'createAndWait'] as const) {
			const { url, seen } = await stubPlatform(answer);
			await failureOf(clientOf(url, { maxRetries: 5 }).runs[start]({}));
			expect(seen.length).toBe(1);
		}
	});

	it('a wait that the platform asks for and the time does not allow ends the call at once', async () => {
		const date = new Date(Date.now() + 3_600_000).toUTCString();
		for (const wait of ['3600', date]) {
			const { url, seen } = await stubPlatform(json({ error: 'Slow down.' }, 429, { 'retry-after': wait }));
			const error = await failureOf(clientOf(url).runs.get(7));
			expect([error, seen.length]).toEqual([expect.objectContaining({ status: 429 }), 1]);
			expect(error).toMatchObject({ retryAfterMs: expect.any(Number) });
		}
	});
});

describe('what is sent', () => {
	it('goes below the path of the base URL, with the token, and with the headers of the options', async () => {
		const { url, seen } = await stubPlatform(json(RUN));
		const headers = { 'x-team': 'bees', authorization: 'Basic other' };
		for (const base of [`${url}/platform`, `${url}/platform//`])
			await clientOf(base, { headers }).runs.get(7);
		for (const request of seen) {
			expect(request.url).toBe('/platform/api/zones/agents/1/runs/7');
			expect(request.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'x-team': 'bees' });
		}
	});

	it('can go to other paths', async () => {
		const { url, seen } = await stubPlatform(json({ timedOut: true, runId: 1 }));
		const paths = { createAndWait: '/api/zones/agents/{agentId}/runs/trigger-and-wait' };
		await clientOf(url, { paths }).runs.createAndWait({ payload: { a: 1 }, timeoutMs: 5 });
		expect(seen[0]).toMatchObject({
			url: '/api/zones/agents/1/runs/trigger-and-wait',
			body: '{"payload":{"a":1},"timeoutMs":5}',
		});
	});

	it('escapes the name of an integration', async () => {
		const { url, seen } = await stubPlatform(json({ type: 'api_key', value: 'v', extras: {} }));
		await clientOf(url).credentials.get('a/b?c');
		expect(seen[0]?.url).toBe('/api/zones/agents/1/credentials/a%2Fb%3Fc');
	});

	it.each(['', '.', '..', 'a\nb', '\ud800'])(
		'refuses the integration %j before anything is sent',
		async key => {
			const { url, seen } = await stubPlatform(json({}));
			expect(await failureOf(clientOf(url).credentials.get(key))).toBeInstanceOf(TypeError);
			expect(seen).toEqual([]);
		},
	);

	it.each([0, -1, 1.5, Number.NaN])('refuses the run %d before anything is sent', async runId => {
		const { url, seen } = await stubPlatform(json(RUN));
		expect(await failureOf(clientOf(url).runs.get(runId))).toBeInstanceOf(TypeError);
		expect(seen).toEqual([]);
	});

	it('refuses a payload that is no JSON object, and a wait that is no time', async () => {
		const { url, seen } = await stubPlatform(json({}));
		const cycle: Record<string, unknown> = {};
		cycle.self = cycle;
		for (const payload of [[], cycle, { n: 1n }]) {
			expect(await failureOf(clientOf(url).runs.create({ payload }))).toBeInstanceOf(TypeError);
		}
		for (const timeoutMs of [0, Number.NaN, Number.POSITIVE_INFINITY]) {
			expect(await failureOf(clientOf(url).runs.createAndWait({ timeoutMs }))).toBeInstanceOf(TypeError);
		}
		expect(seen).toEqual([]);
	});
});

describe('options that could not work throw when the client is made, and show no token', () => {
	it.each([
		[{ baseUrl: '' }, /PLATFORM_API_BASE_URL/],
		[{ baseUrl: 'platform' }, /baseUrl/],
		[{ baseUrl: 'ftp://platform' }, /baseUrl/],
		[{ baseUrl: 'https://ana:pw@platform' }, /baseUrl/],
		[{ baseUrl: 'https://platform/?' }, /baseUrl/],
		[{ token: '' }, /token is missing/],
		[{ token: `${TOKEN}\n` }, /token holds/],
		[{ agentId: 0 }, /agentId/],
		[{ timeoutMs: 0 }, /timeoutMs/],
		[{ timeoutMs: Number.NaN }, /timeoutMs/],
		[{ maxRetries: 11 }, /maxRetries/],
		[{ maxRetries: 0.5 }, /maxRetries/],
	])('%j', (options, message) => {
		const make = () => clientOf('https://platform', options);
		expect(make).toThrow(TypeError);
		expect(make).toThrow(message);
		expect(make).not.toThrow(TOKEN);
	});
});

describe('the end of a wait', () => {
	it.each([200, 202, 504])('is a result when it comes with %i', async status => {
		const { url } = await stubPlatform(json({ timedOut: true, runId: 7, status: 'running' }, status));
		expect(await clientOf(url).runs.createAndWait({})).toEqual({
			timedOut: true,
			runId: 7,
			status: 'running',
		});
	});

	it("is an error when a gateway's 504 says nothing of the run", async () => {
		const { url } = await stubPlatform(text('Gateway Timeout', 504));
		expect(await failureOf(clientOf(url).runs.createAndWait({}))).toMatchObject({
			name: 'ApiError',
			status: 504,
		});
	});

	it('has as long as the platform was asked to wait, beside the time of an answer', async () => {
		const { url } = await stubPlatform((...asked) => void setTimeout(() => json(RUN)(...asked), 120));
		const client = clientOf(url, { timeoutMs: 60 });
		expect(await client.runs.createAndWait({ timeoutMs: 5_000 })).toMatchObject({
			timedOut: false,
			runId: 7,
		});
		expect(await failureOf(client.runs.createAndWait({ timeoutMs: 1 }))).toMatchObject({ fault: 'timeout' });
	});
});

it('a run is read whether it comes bare or under run, with columns that nobody knows', async () => {
	const { url } = await stubPlatform(json({ ...RUN, shard: 3 }), json({ run: { status: 'paused' } }));
	expect(await clientOf(url).runs.get(7)).toMatchObject({ id: 7, shard: 3 });
	expect(await clientOf(url).runs.get(7)).toEqual({ status: 'paused', output_data: null, error: null });
});
