import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DEFAULT_KEEP_ALIVE_MS, SILENCE, sseFrame, sseStream } from '../src/sse.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = (chunk: { value?: Uint8Array | undefined }) => new TextDecoder().decode(chunk.value);

test('an event is one frame, whatever its data contains', async () => {
	async function* events(): AsyncGenerator<string | typeof SILENCE> {
		yield sseFrame('token', { content: 'a\n\nevent: done\r\n\u2028' });
	}
	const reader = sseStream(events(), DEFAULT_KEEP_ALIVE_MS).getReader();
	expect(text(await reader.read())).toBe(
		`event: token\ndata: ${JSON.stringify({ content: 'a\n\nevent: done\r\n\u2028' })}\n\n`,
	);
	expect((await reader.read()).done).toBe(true);
	expect(vi.getTimerCount()).toBe(0);
});

test('while nothing happens a comment is sent every 15 seconds', async () => {
	async function* events(): AsyncGenerator<string | typeof SILENCE> {
		await new Promise(() => {});
	}
	const reader = sseStream(events(), DEFAULT_KEEP_ALIVE_MS).getReader();
	for (let index = 0; index < 2; index++) {
		const chunk = reader.read();
		await vi.advanceTimersByTimeAsync(15_000);
		expect(text(await chunk)).toBe(': keep-alive\n\n');
	}
});

test('from the silence on there are no comments either, until the next frame', async () => {
	const later = new AbortController();
	async function* events(): AsyncGenerator<string | typeof SILENCE> {
		yield SILENCE;
		await new Promise(resolve => later.signal.addEventListener('abort', resolve));
		yield sseFrame('done', {});
	}
	const reader = sseStream(events(), DEFAULT_KEEP_ALIVE_MS).getReader();
	const chunk = reader.read();
	await vi.advanceTimersByTimeAsync(600_000);
	later.abort();
	expect(text(await chunk)).toBe('event: done\ndata: {}\n\n');
});

test('the next event is made only when there is room for it', async () => {
	let made = 0;
	async function* events(): AsyncGenerator<string | typeof SILENCE> {
		for (;;) yield sseFrame('token', ++made);
	}
	const reader = sseStream(events(), DEFAULT_KEEP_ALIVE_MS).getReader();
	await vi.advanceTimersByTimeAsync(60_000);
	expect(made).toBe(1);
	await reader.read();
	await vi.advanceTimersByTimeAsync(60_000);
	expect(made).toBe(2);
});

test('a reader that cancels ends the generator and the timer', async () => {
	let ended = false;
	async function* events(): AsyncGenerator<string | typeof SILENCE> {
		try {
			for (;;) yield sseFrame('token', 1);
		} finally {
			ended = true;
		}
	}
	const reader = sseStream(events(), DEFAULT_KEEP_ALIVE_MS).getReader();
	await reader.read();
	await reader.cancel();
	expect(ended).toBe(true);
	expect(vi.getTimerCount()).toBe(0);
});

test('a generator that throws breaks the stream and ends the timer', async () => {
	async function* events(): AsyncGenerator<string | typeof SILENCE> {
		yield sseFrame('token', 1);
		throw new Error('broken');
	}
	const reader = sseStream(events(), DEFAULT_KEEP_ALIVE_MS).getReader();
	await reader.read();
	await expect(reader.read()).rejects.toThrow('broken');
	expect(vi.getTimerCount()).toBe(0);
});
