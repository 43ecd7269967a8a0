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
	/** The frames as a body, for who does something else with it than send it. */
	readonly body: ReadableStream<Uint8Array>;
}

const encoder = new TextEncoder();

export function sseFrame(event: string, data: unknown): string {
	return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function sseAnswer(frames: SseFrames, keepAliveMs = DEFAULT_KEEP_ALIVE_MS): SseAnswer {
	return { frames, keepAliveMs, body: ReadableStream.from(encoded(frames)) };
}

async function* encoded(frames: SseFrames): AsyncGenerator<Uint8Array> {
	for await (const frame of frames) if (frame !== SILENCE && frame !== '') yield encoder.encode(frame);
}
