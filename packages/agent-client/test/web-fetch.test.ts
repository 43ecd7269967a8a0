import { afterEach, describe, expect, it, vi } from 'vitest';

const KEY = 'zhn_test_0123456789abcdef';

afterEach(() => {
	vi.unstubAllGlobals();
	vi.resetModules();
});

/** Cloudflare's Request: it throws for every URL when it is told to refuse redirects. */
class WorkersRequest {
	constructor(_url: string, init: RequestInit = {}) {
		if (init.redirect === 'error')
			throw new TypeError('Invalid redirect value, must be "follow" or "manual".');
		if (init.cache !== undefined) throw new Error("The 'cache' field is not implemented.");
	}
}

/** The package as a new process would load it: it asks the runtime once. */
async function load() {
	vi.resetModules();
	return import('../src/index.ts');
}

describe('where a runtime refuses to refuse redirects', () => {
	it('they are not followed, and no cache is asked for', async () => {
		vi.stubGlobal('Request', WorkersRequest);
		const { createClient } = await load();
		const fetch = vi.fn(async () => Response.json({ data: [] }));
		await createClient({ apiKey: KEY, fetch }).listAgents();
		expect(fetch.mock.calls[0]).toEqual([
			'https://llm.zihin.ai/api/v2/agents',
			expect.objectContaining({ method: 'GET', redirect: 'manual' }),
		]);
		expect(Object.keys(Reflect.get(fetch.mock.calls[0] ?? [], 1))).not.toContain('cache');
	});

	it.each([301, 302, 303, 307, 308])('a %d that comes through is refused as protocol', async status => {
		vi.stubGlobal('Request', WorkersRequest);
		const { createClient } = await load();
		const fetch = vi.fn(
			async () => new Response(null, { status, headers: { Location: 'https://evil.example' } }),
		);
		await expect(createClient({ apiKey: KEY, fetch }).listAgents()).rejects.toMatchObject({
			kind: 'protocol',
			status,
			retryable: false,
		});
		expect(fetch).toHaveBeenCalledTimes(1);
	});
});

it.each([
	['the runtime knows both', globalThis.Request],
	['there is no web Request, so the fetch is a host’s own', undefined],
])('where %s, redirects are errors and nothing is stored', async (_name, request) => {
	vi.stubGlobal('Request', request);
	const { createClient } = await load();
	const fetch = vi.fn(async () => Response.json({ data: [] }));
	await createClient({ apiKey: KEY, fetch }).listAgents();
	expect(Reflect.get(fetch.mock.calls[0] ?? [], 1)).toMatchObject({ redirect: 'error', cache: 'no-store' });
});

it.each(['document', 'WorkerGlobalScope'])(
	'in a browser, told by %s, a redirect comes as an answer to refuse',
	async name => {
		vi.stubGlobal(name, {});
		const { createClient } = await load();
		const fetch = vi.fn(async () =>
			Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' }),
		);
		await expect(createClient({ apiKey: KEY, fetch }).listAgents()).rejects.toMatchObject({
			kind: 'protocol',
		});
		expect(Reflect.get(fetch.mock.calls[0] ?? [], 1)).toMatchObject({
			redirect: 'manual',
			cache: 'no-store',
		});
	},
);

it.each([
	[
		'Node',
		new TypeError('fetch failed', { cause: new Error('unexpected redirect') }),
		'protocol',
		false,
		'none',
	],
	[
		'Bun',
		Object.assign(new Error('UnexpectedRedirect fetching'), { code: 'UnexpectedRedirect' }),
		'protocol',
		false,
		'none',
	],
	['Deno', new TypeError("Fetch failed: redirect mode is set to 'error'"), 'protocol', false, 'none'],
	[
		'Deno without a certificate it trusts',
		new TypeError('invalid peer certificate: UnknownIssuer'),
		'network',
		false,
		'none',
	],
	[
		'Deno without a connection',
		new TypeError('client error (Connect): tcp connect error'),
		'network',
		true,
		'none',
	],
])('a failure in the words of %s is understood', async (_name, failure, kind, retryable, effect) => {
	const { createClient } = await load();
	const fetch = vi.fn(async () => Promise.reject(failure));
	const client = createClient({ apiKey: KEY, fetch, maxRetries: 0 });
	await expect(client.listAgents()).rejects.toMatchObject({ kind, retryable, effect });
});
