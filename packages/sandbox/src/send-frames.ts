import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import type { SandboxEnv } from './env.ts';
import { SILENCE, type SseAnswer } from './sse.ts';

/** In characters. */
const MOST_GATHERED = 16 * 1024;

/**
 * Sends an answer of frames straight to the connection: as a body, every token of every run would go through a web
 * stream, which costs more than all the rest of it.
 */
export const sendFrames: MiddlewareHandler<SandboxEnv> = async (c, next) => {
	await next();
	const answer = c.get('sse');
	if (!answer) return;
	c.env.outgoing.writeHead(c.res.status, Object.fromEntries(c.res.headers));
	c.res = undefined;
	c.res = RESPONSE_ALREADY_SENT;
	void writeFrames(c.env.outgoing, answer);
};

/**
 * The next frame is asked for only when the connection takes it, so a slow reader costs no memory here. When the
 * reader leaves, so does this, and the generator is ended.
 */
export async function writeFrames(
	outgoing: ServerResponse,
	{ frames, keepAliveMs }: SseAnswer,
): Promise<void> {
	let gathered = '';
	const send = () => {
		if (gathered !== '' && !outgoing.destroyed) outgoing.write(gathered);
		gathered = '';
	};
	const keepAlive = setInterval(() => {
		if (!outgoing.destroyed && !outgoing.writableNeedDrain) outgoing.write(': keep-alive\n\n');
	}, keepAliveMs);
	try {
		for await (const frame of frames) {
			if (outgoing.destroyed) break;
			if (frame === SILENCE) clearInterval(keepAlive);
			else {
				// What comes without a pause in between goes out together.
				if (gathered === '') process.nextTick(send);
				gathered += frame;
				if (gathered.length > MOST_GATHERED) send();
				if (outgoing.writableNeedDrain) await roomIn(outgoing);
			}
		}
		send();
		outgoing.end();
	} catch (error) {
		console.error('The sandbox failed in the middle of a stream:', error);
		outgoing.destroy();
	} finally {
		clearInterval(keepAlive);
	}
}

/** Resolves when the connection takes more, or is closed. */
async function roomIn(outgoing: ServerResponse): Promise<void> {
	const over = new AbortController();
	const { signal } = over;
	await Promise.race([once(outgoing, 'drain', { signal }), once(outgoing, 'close', { signal })]);
	over.abort('over');
}
