import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { writeFrames } from '../src/send-frames.ts';
import { type SseAnswer, sseFrame } from '../src/sse.ts';

const closing: (() => void)[] = [];
afterEach(() => {
	for (const close of closing.splice(0)) close();
});

/** A caller of a server that answers with these frames, and does nothing else. */
async function callerOf(send: SseAnswer['send'], keepAliveMs = 15_000) {
	let written: Promise<void> | undefined;
	let answer: ServerResponse | undefined;
	const server = createServer((_, outgoing) => {
		answer = outgoing;
		written = writeFrames(outgoing, { send, keepAliveMs });
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	closing.push(() => {
		server.close();
		server.closeAllConnections();
	});
	const { port } = server.address() as AddressInfo;
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		request({ port }, resolve).on('error', reject).end();
	});
	response.setEncoding('utf8');
	return { response, written, outgoing: answer };
}

async function textOf(response: IncomingMessage): Promise<string> {
	let text = '';
	for await (const piece of response) text += piece;
	return text;
}

test('an event is one frame, whatever its data contains', async () => {
	const { response } = await callerOf(async sink => {
		sink.write(sseFrame('token', { content: 'a\n\nevent: done\r\n\u2028' }));
	});
	expect(await textOf(response)).toBe(
		`event: token\ndata: ${JSON.stringify({ content: 'a\n\nevent: done\r\n\u2028' })}\n\n`,
	);
});

test('while nothing happens comments are sent', async () => {
	const { response } = await callerOf(async sink => {
		sink.write(sseFrame('token', 1));
		await new Promise(() => {});
	}, 5);
	let text = '';
	for await (const piece of response) {
		text += piece;
		if (text.split(': keep-alive\n\n').length > 2) break;
	}
	expect(text).toMatch(/^event: token\ndata: 1\n\n(?:: keep-alive\n\n){2,}$/);
});

test('from the silence on there are no comments either, until the next frame', async () => {
	const { response } = await callerOf(async sink => {
		sink.silence();
		// Ten comments long.
		await sleep(50);
		sink.write(sseFrame('done', {}));
	}, 5);
	expect(await textOf(response)).toBe('event: done\ndata: {}\n\n');
});

test('the next event is made only when there is room for it, and a reader that takes all gets all', async () => {
	const events = 2_000;
	let made = 0;
	const { response, outgoing } = await callerOf(async sink => {
		for (; made < events; made++) await sink.write(sseFrame('token', 'x'.repeat(10_000)));
	});
	await vi.waitUntil(() => outgoing?.writableNeedDrain);
	expect(made).toBeLessThan(events);
	const text = await textOf(response);
	expect(text.split('\n\n').length - 1).toBe(events);
});

test('a reader that leaves while the connection is full is waited for no longer', async () => {
	const { response, written, outgoing } = await callerOf(async sink => {
		while (!sink.isClosed) await sink.write(sseFrame('token', 'x'.repeat(10_000)));
	});
	await vi.waitUntil(() => outgoing?.writableNeedDrain);
	response.destroy();
	await written;
	expect(outgoing?.destroyed).toBe(true);
});

test('a sender that throws breaks the stream off, and says why where the sandbox runs', async () => {
	const said = vi.spyOn(console, 'error').mockImplementation(() => {});
	closing.push(() => said.mockRestore());
	const { response } = await callerOf(async sink => {
		sink.write(sseFrame('token', 1));
		await sleep(1);
		throw new Error('broken');
	});
	await expect(textOf(response)).rejects.toThrow('aborted');
	expect(said).toHaveBeenCalledWith(expect.stringContaining('in the middle of a stream'), expect.any(Error));
});
