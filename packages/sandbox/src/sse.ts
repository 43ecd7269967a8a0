import type { Context } from 'hono';
import type { SandboxEnv } from './env.ts';

export const DEFAULT_KEEP_ALIVE_MS = 15_000;

/** In a stream of frames: from here on not even keep-alives are sent. */
export const SILENCE = Symbol('silence');

/** Whole frames, several in a piece or none, where an event has no frame. */
export type SseFrames = AsyncGenerator<string | typeof SILENCE>;

/** An answer that is sent frame by frame. */
export interface SseAnswer {
	readonly frames: SseFrames;
	/** Milliseconds between comments while nothing happens, which keep proxies from closing the line. */
	readonly keepAliveMs: number;
}

const encoder = new TextEncoder();

export function sseFrame(event: string, data: unknown): string {
	return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Answers with these frames. The response that it makes has the headers alone: the frames follow by themselves. */
export function answerWithFrames(
	c: Context<SandboxEnv>,
	frames: SseFrames,
	keepAliveMs = DEFAULT_KEEP_ALIVE_MS,
): Response {
	c.set('sse', { frames, keepAliveMs });
	c.header('Content-Type', 'text/event-stream; charset=utf-8');
	return c.body(null);
}

/** Makes the answer a response with a body, for who does something else with it than send it. */
export function withFramesInBody(c: Context<SandboxEnv>): void {
	const answer = c.get('sse');
	if (!answer) return;
	c.set('sse', undefined);
	c.res = new Response(ReadableStream.from(encoded(answer.frames)), c.res);
}

async function* encoded(frames: SseFrames): AsyncGenerator<Uint8Array> {
	for await (const frame of frames) if (frame !== SILENCE && frame !== '') yield encoder.encode(frame);
}
