import type { Context } from 'hono';
import type { SandboxEnv } from './env.ts';

export const DEFAULT_KEEP_ALIVE_MS = 15_000;

/** Where the frames of an answer go. */
export interface FrameSink {
	/** Takes whole frames, several in a piece or none. Full until what it returns, if anything, has resolved. */
	write(frames: string): Promise<void> | undefined;
	/** From here on not even keep-alives are sent. */
	silence(): void;
	/** Whether nobody is there any more: what is written then goes nowhere. */
	readonly isClosed: boolean;
}

/** An answer that is sent frame by frame. */
export interface SseAnswer {
	/** Sends all of it; resolves at its end. */
	send(sink: FrameSink): Promise<void>;
	/** Milliseconds between comments while nothing happens, which keep proxies from closing the line. */
	readonly keepAliveMs: number;
}

const encoder = new TextEncoder();

/** One event, its data written as JSON. */
export function sseFrame(event: string, data: unknown): string {
	return jsonFrame(event, JSON.stringify(data));
}

/** The same for data that is JSON already. */
export function jsonFrame(event: string, json: string): string {
	return `event: ${event}\ndata: ${json}\n\n`;
}

/** Answers with these frames. The response that it makes has the headers alone: the frames follow by themselves. */
export function answerWithFrames(
	c: Context<SandboxEnv>,
	send: SseAnswer['send'],
	keepAliveMs = DEFAULT_KEEP_ALIVE_MS,
): Response {
	c.set('sse', { send, keepAliveMs });
	c.header('Content-Type', 'text/event-stream; charset=utf-8');
	return c.body(null);
}

/** Makes the answer a response with a body, for who does something else with it than send it. */
export function withFramesInBody(c: Context<SandboxEnv>): void {
	const answer = c.get('sse');
	if (!answer) return;
	c.set('sse', undefined);
	c.res = new Response(ReadableStream.from(bytesOf(answer)), c.res);
}

/** The work begins with the first read. */
async function* bytesOf({ send }: SseAnswer): AsyncGenerator<Uint8Array> {
	const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
	const writer = writable.getWriter();
	let isClosed = false;
	writer.closed.catch(() => {
		isClosed = true;
	});
	const sent = send({
		write: frames => (frames === '' ? undefined : writer.write(encoder.encode(frames)).catch(() => {})),
		silence: () => {},
		get isClosed() {
			return isClosed;
		},
	});
	sent
		.then(
			() => writer.close(),
			(error: unknown) => writer.abort(error),
		)
		.catch(() => {});
	yield* readable;
}
