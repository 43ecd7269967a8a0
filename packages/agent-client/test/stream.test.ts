import { describe, expect, it } from 'vitest';
import { type AgentChunk, createClient, type FetchLike } from '../src/index.ts';

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const TOKENS = event('token', { content: 'a' }) + event('token', { content: 'b' });
const END = event('response', { content: 'ab' }) + event('done', { outcome: 'COMPLETED' });
const TURN = { agentId: 'a1', message: 'Hi' };

/** A client that is answered with these pieces of a body, and the record of what became of it. */
function streaming(...pieces: readonly string[]) {
	const seen = { requests: 0, cancelled: false, read: 0 };
	const fetch: FetchLike = async () => {
		seen.requests += 1;
		const left = [...pieces];
		const body = new ReadableStream<Uint8Array>(
			{
				pull: controller => {
					const piece = left.shift();
					seen.read += 1;
					if (piece === undefined) controller.close();
					else controller.enqueue(new TextEncoder().encode(piece));
				},
				cancel: () => {
					seen.cancelled = true;
				},
			},
			{ highWaterMark: 0 },
		);
		return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
	};
	const failures: string[] = [];
	const client = createClient({
		apiKey: 'zhn_test_0123456789abcdef',
		fetch,
		onError: ({ kind }) => failures.push(kind),
	});
	return { stream: () => client.streamAgent(TURN), seen, failures };
}

const typesOf = (chunks: readonly AgentChunk[]) => chunks.map(({ type }) => type);

async function collect(stream: AsyncIterable<AgentChunk>): Promise<AgentChunk[]> {
	const chunks: AgentChunk[] = [];
	for await (const chunk of stream) chunks.push(chunk);
	return chunks;
}

describe('a stream', () => {
	it('sends nothing before the first chunk is asked for', async () => {
		const { stream, seen } = streaming(TOKENS + END);
		const turn = stream();
		await new Promise(resolve => setTimeout(resolve, 5));
		expect(seen.requests).toBe(0);
		await turn.next();
		expect(seen.requests).toBe(1);
	});

	it('reads no more than is asked for', async () => {
		const { stream, seen } = streaming(event('token', { content: 'a' }), TOKENS, END);
		const turn = stream();
		await turn.next();
		expect(seen.read).toBe(1);
	});

	it('gives every chunk once and in order to calls that do not wait for each other', async () => {
		const { stream } = streaming(TOKENS, END);
		const turn = stream();
		const steps = await Promise.all([1, 2, 3, 4, 5, 6].map(() => turn.next()));
		expect(steps.map(({ value }) => value?.type)).toEqual([
			'token',
			'token',
			'response',
			'done',
			undefined,
			undefined,
		]);
	});

	it('is over after its end, and after its failure', async () => {
		const whole = streaming(TOKENS + END).stream();
		expect(typesOf(await collect(whole))).toEqual(['token', 'token', 'response', 'done']);
		expect(await whole.next()).toEqual({ done: true, value: undefined });
		const { stream, failures } = streaming(TOKENS);
		const cut = stream();
		expect([(await cut.next()).done, (await cut.next()).done]).toEqual([false, false]);
		await expect(cut.next()).rejects.toMatchObject({ kind: 'protocol' });
		expect(await cut.next()).toEqual({ done: true, value: undefined });
		expect(failures).toEqual(['protocol']);
	});

	it('delivers the chunks before a fault in the same bytes, and then throws', async () => {
		const { stream } = streaming(TOKENS + event('error', { error: { code: 'X', message: 'broke' } }) + END);
		const chunks: AgentChunk[] = [];
		const reading = (async () => {
			for await (const chunk of stream()) chunks.push(chunk);
		})();
		await expect(reading).rejects.toMatchObject({ kind: 'server', code: 'X' });
		expect(typesOf(chunks)).toEqual(['token', 'token']);
	});

	it('that is left closes the connection, by break, by return and by await using', async () => {
		const leave = [
			async (turn: ReturnType<ReturnType<typeof streaming>['stream']>) => {
				for await (const _chunk of turn) break;
			},
			async (turn: ReturnType<ReturnType<typeof streaming>['stream']>) => {
				await turn.next();
				await turn.return();
			},
			async (turn: ReturnType<ReturnType<typeof streaming>['stream']>) => {
				await using disposed = turn;
				await disposed.next();
			},
		];
		for (const way of leave) {
			const { stream, seen, failures } = streaming(TOKENS, TOKENS, END);
			await way(stream());
			expect(seen.cancelled).toBe(true);
			expect(failures).toEqual([]);
		}
	});

	it('that is left while a chunk is waited for ends that wait, even of a body that nothing can end', async () => {
		const client = createClient({
			apiKey: 'zhn_test_0123456789abcdef',
			fetch: async () => ({
				status: 200,
				headers: new Headers({ 'Content-Type': 'text/event-stream' }),
				body: { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) },
			}),
		});
		const turn = client.streamAgent(TURN);
		const waiting = turn.next();
		await new Promise(resolve => setTimeout(resolve, 5));
		await turn.return();
		expect(await waiting).toEqual({ done: true, value: undefined });
	});

	it('gives the last chunks at once, although the connection stays open', async () => {
		const clocks: number[] = [];
		const client = createClient({
			apiKey: 'zhn_test_0123456789abcdef',
			timeoutMs: 5000,
			deadline: ms => {
				clocks.push(ms);
				// Time passes at once, but for the call's own.
				return { signal: ms < 5000 ? AbortSignal.abort() : new AbortController().signal, clear: () => {} };
			},
			fetch: async () =>
				new Response(
					new ReadableStream({ start: controller => controller.enqueue(new TextEncoder().encode(END)) }),
					{ headers: { 'Content-Type': 'text/event-stream' } },
				),
		});
		const turn = client.streamAgent(TURN);
		expect([(await turn.next()).value?.type, (await turn.next()).value?.type]).toEqual(['response', 'done']);
		expect(clocks).toEqual([5000]);
		expect((await turn.next()).done).toBe(true);
		expect(clocks).toEqual([5000, 50]);
	});

	it('that is left before it began sends nothing', async () => {
		const { stream, seen } = streaming(END);
		const turn = stream();
		await turn.return();
		expect(await turn.next()).toEqual({ done: true, value: undefined });
		expect(seen.requests).toBe(0);
	});
});

describe('finalResult', () => {
	it('reads a stream that nobody reads', async () => {
		await expect(streaming(TOKENS, END).stream().finalResult()).resolves.toEqual({ content: 'ab' });
	});

	it('goes on where the reader stopped, and stays the same', async () => {
		const turn = streaming(TOKENS, END).stream();
		await turn.next();
		const result = await turn.finalResult();
		expect(result).toEqual({ content: 'ab' });
		expect(await turn.finalResult()).toBe(result);
		expect(Object.isFrozen(result)).toBe(true);
	});

	it('throws what made the turn fail, also after the reader has seen it', async () => {
		const turn = streaming(TOKENS).stream();
		await collect(turn).catch(() => {});
		await expect(turn.finalResult()).rejects.toMatchObject({ kind: 'protocol' });
	});

	it('of a stream that was left is an error, not half an answer', async () => {
		const turn = streaming(TOKENS, END).stream();
		for await (const _chunk of turn) break;
		await expect(turn.finalResult()).rejects.toMatchObject({ kind: 'aborted', effect: 'unknown' });
	});

	it('of a call that cannot begin says why', async () => {
		const client = createClient({ apiKey: 'zhn_test_0123456789abcdef' });
		await expect(client.streamAgent({ agentId: '', message: 'Hi' }).finalResult()).rejects.toMatchObject({
			kind: 'config',
		});
	});
});

describe('toReadableStream', () => {
	const textOf = (body: ReadableStream<Uint8Array>) => new Response(body).text();

	it('is an event stream of the chunks, named by their types', async () => {
		const text = await textOf(streaming(TOKENS, END).stream().toReadableStream());
		expect(text.split('\n\n').slice(0, -1)).toEqual([
			'event: token\ndata: {"type":"token","content":"a"}',
			'event: token\ndata: {"type":"token","content":"b"}',
			'event: response\ndata: {"type":"response","content":"ab"}',
			'event: done\ndata: {"type":"done","outcome":"COMPLETED"}',
		]);
	});

	it('ends with an error event when the turn fails, which is told once', async () => {
		const { stream, failures } = streaming(TOKENS);
		const text = await textOf(stream().toReadableStream());
		expect(failures).toEqual(['protocol']);
		const last = text.split('\n\n').at(-2) ?? '';
		expect(last).toMatch(/^event: error\ndata: \{"kind":"protocol","message":"The stream ended before/);
	});

	it('reads only as fast as it is read, and leaves the turn when it is cancelled', async () => {
		const { stream, seen } = streaming(TOKENS, TOKENS, TOKENS, TOKENS, END);
		const body = stream().toReadableStream();
		await new Promise(resolve => setTimeout(resolve, 5));
		expect(seen.requests).toBe(0);
		const reader = body.getReader();
		await reader.read();
		await new Promise(resolve => setTimeout(resolve, 5));
		expect(seen.read).toBeLessThan(3);
		await reader.cancel();
		expect(seen.cancelled).toBe(true);
	});
});
