import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createClient, type RetryEvent, type ZihinAgentError } from '../src/index.ts';
import { type CaseFile, readCases } from './cases.ts';
import { everyViewOf } from './views.ts';

interface SinkCase {
	readonly id: string;
	readonly kind: string;
	readonly apiKey: string;
	readonly input: string;
	readonly mustNotContain: readonly string[];
	readonly why: string;
}

const sinks = readCases<CaseFile<SinkCase>>('redaction-cases').cases.filter(({ kind }) => kind === 'sink');
const [KEY = ''] = sinks.map(({ apiKey }) => apiKey);

/** A fetch that fails as careless ones do: with the key in its message, its stack, its cause and its fields. */
async function leakyFetch(): Promise<Response> {
	const root = Object.assign(new Error(`X-Api-Key: ${KEY}`), {
		code: 'ECONNRESET',
		headers: { 'x-api-key': KEY },
	});
	throw Object.assign(new TypeError(`fetch failed with ${KEY}`, { cause: root }), { config: { key: KEY } });
}

/** What a program can get hold of after a call that failed twice. */
async function failedCall() {
	const retries: RetryEvent[] = [];
	const errors: ZihinAgentError[] = [];
	const client = createClient({
		apiKey: KEY,
		fetch: leakyFetch,
		sleep: async () => {},
		maxRetries: 1,
		onRetry: event => void retries.push(event),
		onError: error => void errors.push(error),
	});
	const error: unknown = await client.listAgents().catch((thrown: unknown) => thrown);
	return { client, error, retries, errors };
}

type Failed = Awaited<ReturnType<typeof failedCall>>;

/** How each sink of the case file is filled. What is not here belongs to the sandbox. */
const VIEWS: Readonly<Record<string, (failed: Failed) => string>> = {
	'util.inspect(client, {depth: 10, showHidden: true})': ({ client }) =>
		inspect(client, { depth: 10, showHidden: true }),
	'Object.values(client) deep walk': ({ client }) => everyViewOf(Object.values(client)),
	'JSON.stringify(err)': ({ error }) => JSON.stringify(error),
	'err.toString()': ({ error }) => String(error),
	'err.cause chain': ({ error }) => everyViewOf(Object(error).cause),
	'onRetry hook payload': ({ retries }) => everyViewOf(retries),
	// Neighbours of the file's own rows.
	'JSON.stringify(client)': ({ client }) => JSON.stringify(client),
	'String(client)': ({ client }) => String(client),
	'util.inspect(err)': ({ error }) => inspect(error, { depth: 10, showHidden: true }),
	'err.stack': ({ error }) => String(Object(error).stack),
	'err.message': ({ error }) => String(Object(error).message),
	'own properties of err': ({ error }) => everyViewOf(error),
	'onError hook payload': ({ errors }) => everyViewOf(errors),
	'structuredClone(err)': ({ error }) => everyViewOf(structuredClone(error)),
};

describe('the key is never seen in', () => {
	it.each(Object.entries(VIEWS))('%s', async (_name, view) => {
		const failed = await failedCall();
		expect(failed.retries).toHaveLength(1);
		expect(failed.errors).toEqual([failed.error]);
		const seen = view(failed);
		expect(seen).not.toBe('');
		expect(seen).not.toContain(KEY);
		expect(seen).not.toContain(KEY.slice('zhn_live_'.length));
	});

	it('any sink of the case file that is this package: each has its view above', () => {
		const missing = sinks.filter(({ input }) => VIEWS[input] === undefined);
		expect(missing.map(({ input }) => input.split(' ')[0])).toEqual(missing.map(() => 'sandbox'));
	});
});

describe('a hook', () => {
	it('that throws changes nothing', async () => {
		let calls = 0;
		const client = createClient({
			apiKey: KEY,
			fetch: async () => {
				calls++;
				return new Response('{}', { status: 503 });
			},
			sleep: async () => {},
			onRetry: () => {
				throw new Error('hook');
			},
			onError: () => {
				throw new Error('hook');
			},
		});
		await expect(client.listAgents()).rejects.toMatchObject({ kind: 'server', status: 503 });
		expect(calls).toBe(3);
	});

	it('onRetry is told how many attempts have failed, and how long the wait is', async () => {
		const { retries } = await failedCall();
		expect(retries).toMatchObject([
			{ attempt: 1, error: { kind: 'network', endpoint: 'GET llm.zihin.ai/api/v2/agents' } },
		]);
		expect(retries[0]?.delayMs).toBeLessThanOrEqual(500);
	});

	it('onError is called once for a stream that fails, and never for one that is left', async () => {
		const errors: ZihinAgentError[] = [];
		const body = 'event: token\ndata: {"content":"a"}\n\n';
		const client = createClient({
			apiKey: KEY,
			fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
			onError: error => void errors.push(error),
		});
		for await (const _chunk of client.streamAgent({ agentId: 'a', message: 'x' })) break;
		expect(errors).toEqual([]);
		const consume = async () => {
			for await (const _chunk of client.streamAgent({ agentId: 'a', message: 'x' }));
		};
		await expect(consume()).rejects.toMatchObject({ kind: 'protocol' });
		expect(errors).toHaveLength(1);
	});
});
