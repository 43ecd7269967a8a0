import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { createClient as createCoreClient } from '../src/core.ts';
import { createClient, type FetchInit, type FetchResponse } from '../src/index.ts';
import { FAKE_KEY } from './cases.ts';
import { socketsReleased } from './fault-cases.ts';
import { COMPLETE_TURN, head, healthy, sse, startFaultServer } from './fault-server.ts';

const run = promisify(execFile);
const encode = (text: string) => new TextEncoder().encode(text);
const HEADERS = { get: (name: string) => (name === 'content-type' ? 'text/event-stream' : null) };

/** The least that a platform's own HTTP can give: bytes that can be destroyed. */
function minimalResponse(parts: readonly string[], { endless = false } = {}) {
	const destroy = vi.fn();
	const body = {
		destroy,
		async *[Symbol.asyncIterator]() {
			for (const part of parts) yield encode(part);
			if (endless) await new Promise(() => {});
		},
	};
	return { response: { status: 200, headers: HEADERS, body } satisfies FetchResponse, destroy };
}

/** A runtime without web fetch and without timers of its own. */
function platformRuntime(response: FetchResponse) {
	const clocks: { ms: number; pass: () => void; cleared: boolean }[] = [];
	const fetch = vi.fn(async (_url: string, _init: FetchInit) => response);
	const client = createCoreClient({
		apiKey: FAKE_KEY,
		timeoutMs: 5000,
		fetch,
		sleep: async () => {},
		deadline: ms => {
			const controller = new AbortController();
			const clock = { ms, pass: () => controller.abort(), cleared: false };
			clocks.push(clock);
			const clear = () => {
				clock.cleared = true;
			};
			return { signal: controller.signal, clear };
		},
	});
	return { client, fetch, clocks };
}

const turn = { agentId: 'a1', message: 'hi' } as const;

describe("with a platform's own HTTP and clock", () => {
	it('a turn is read from any async iterable of bytes', async () => {
		const { response } = minimalResponse([...COMPLETE_TURN]);
		const { client, clocks } = platformRuntime(response);
		await expect(client.invokeAgent(turn)).resolves.toEqual({ content: 'The answer.' });
		// The call's own, and that of the moment in which the body may end.
		expect(clocks).toMatchObject([
			{ ms: 5000, cleared: true },
			{ ms: 50, cleared: true },
		]);
	});

	it('fetch is told how much of the budget is left', async () => {
		const { client, fetch } = platformRuntime(minimalResponse([COMPLETE_TURN]).response);
		await client.invokeAgent(turn);
		const timeoutMs = fetch.mock.calls[0]?.[1].timeoutMs ?? 0;
		expect(timeoutMs).toBeGreaterThan(4000);
		expect(timeoutMs).toBeLessThanOrEqual(5000);
	});

	it('a body that never ends is destroyed when the deadline passes, although nobody heeds the signal', async () => {
		const { response, destroy } = minimalResponse([sse('token', { content: 'a' })], { endless: true });
		const { client, clocks } = platformRuntime(response);
		const call = client.invokeAgent(turn);
		await wait(5);
		clocks[0]?.pass();
		await expect(call).rejects.toMatchObject({ kind: 'timeout' });
		expect(destroy).toHaveBeenCalled();
	});

	it('a body is destroyed when the loop is left, when the turn is done and when it fails', async () => {
		const streams = [
			COMPLETE_TURN + sse('token', {}),
			sse('error', { code: 'X', message: 'x' }) + COMPLETE_TURN,
		];
		for (const stream of streams) {
			const { response, destroy } = minimalResponse([stream], { endless: true });
			const { client, clocks } = platformRuntime(response);
			const ended = client.invokeAgent(turn).catch(() => {});
			await wait(5);
			// Where the turn is done, its body has a moment to end by itself.
			clocks.find(({ ms }) => ms === 50)?.pass();
			await ended;
			expect(destroy).toHaveBeenCalled();
		}
		const { response, destroy } = minimalResponse([sse('token', { content: 'a' })], { endless: true });
		for await (const _chunk of platformRuntime(response).client.streamAgent(turn)) break;
		expect(destroy).toHaveBeenCalled();
	});

	it('an answer that comes after the deadline is destroyed unread', async () => {
		const { response, destroy } = minimalResponse([COMPLETE_TURN]);
		const { client, clocks, fetch } = platformRuntime(response);
		let answer: (response: FetchResponse) => void = () => {};
		fetch.mockReturnValue(
			new Promise(resolve => {
				answer = resolve;
			}),
		);
		const call = client.invokeAgent(turn);
		clocks[0]?.pass();
		await expect(call).rejects.toMatchObject({ kind: 'timeout', effect: 'unknown' });
		answer(response);
		await wait(0);
		expect(destroy).toHaveBeenCalled();
	});

	it('a refusal without a body is still that refusal', async () => {
		const { client } = platformRuntime({ status: 401, headers: { get: () => null }, body: null });
		await expect(client.listAgents()).rejects.toMatchObject({ kind: 'auth', status: 401 });
	});

	it('an opaque redirect is protocol', async () => {
		const response = { status: 0, type: 'opaqueredirect', headers: { get: () => null }, body: null };
		await expect(platformRuntime(response).client.listAgents()).rejects.toMatchObject({ kind: 'protocol' });
	});

	it('fetch is called without a this, which browsers refuse', async () => {
		const seen: unknown[] = [];
		function fetch(this: unknown) {
			seen.push(this);
			return Promise.resolve(minimalResponse([COMPLETE_TURN]).response);
		}
		await createClient({ apiKey: FAKE_KEY, fetch }).invokeAgent(turn);
		expect(seen).toEqual([undefined]);
	});
});

describe('on this machine', () => {
	it('leaving the loop closes the socket, which cancels the turn', async () => {
		let closed: Promise<unknown> = Promise.resolve();
		const server = await startFaultServer(socket => {
			closed = new Promise(resolve => socket.once('close', resolve));
			socket.write(head({ headers: { 'content-type': 'text/event-stream' } }));
			socket.write(sse('token', { content: 'a' }));
		});
		try {
			const client = createClient({ apiKey: FAKE_KEY, baseUrl: server.url, allowHttp: true });
			for await (const _chunk of client.streamAgent(turn)) break;
			const winner = await Promise.race([closed.then(() => 'closed'), wait(500, 'still open')]);
			expect(winner).toBe('closed');
		} finally {
			await server.close();
		}
	});

	it('a stream that nobody iterates sends nothing', async () => {
		const server = await startFaultServer(healthy);
		try {
			const client = createClient({ apiKey: FAKE_KEY, baseUrl: server.url, allowHttp: true });
			client.streamAgent(turn);
			await wait(20);
			expect(server.connections()).toBe(0);
			await client.listAgents();
			expect(server.connections()).toBe(1);
			await socketsReleased(server);
		} finally {
			await server.close();
		}
	});

	it('a process ends after its calls, failed and complete ones, without being told to', async () => {
		const server = await startFaultServer((socket, request) => {
			if (request.path.includes('silent')) return;
			healthy(socket, request);
		});
		const source = `
			import { createClient } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
			const client = createClient({ apiKey: '${FAKE_KEY}', baseUrl: '${server.url}', allowHttp: true });
			await client.listAgents();
			await client.invokeAgent({ agentId: 'a1', message: 'x' });
			for await (const chunk of client.streamAgent({ agentId: 'a1', message: 'x' })) break;
			await client.invokeAgent({ agentId: 'silent', message: 'x', timeoutMs: 50 }).catch(() => {});
			const signal = AbortSignal.timeout(50);
			await client.invokeAgent({ agentId: 'silent', message: 'x', signal }).catch(() => {});
			console.log('done');
		`;
		try {
			// Without the exit, this is killed and rejects: timeoutMs is two minutes.
			const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], {
				timeout: 20_000,
			});
			expect(stdout).toBe('done\n');
		} finally {
			await server.close();
		}
	});
});

describe('the core', () => {
	/** A source file and all that it imports at run time. */
	function importGraph(name: string, seen = new Map<string, string>()) {
		if (seen.has(name)) return seen;
		const text = readFileSync(new URL(`../dist/${name}`, import.meta.url), 'utf8');
		seen.set(name, text);
		for (const [, from = ''] of text.matchAll(/^(?:import|export)\s[^;]*?from ["']([^"']+)["'];/gms)) {
			expect(from, `${name} imports ${from}`).toMatch(/^\.\//);
			importGraph(from.slice(2), seen);
		}
		return seen;
	}

	it('holds nothing that mentions timers, the process or the global object', () => {
		const graph = importGraph('core.js');
		expect([...graph.keys()]).toEqual(['core.js']);
		for (const [name, text] of graph) {
			const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
			expect(code, name).not.toMatch(
				/\b(setTimeout|setInterval|setImmediate|clearTimeout|process|globalThis|window|global|require)\b/,
			);
		}
	});

	it('is what the root is made of, and not a copy', () => {
		expect([...importGraph('index.js').keys()]).toEqual(['index.js', 'core.js']);
	});
});
