import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import type { SandboxEnv } from './env.ts';
import type { SseAnswer } from './sse.ts';

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

/** What is sent without a pause in between goes out together; what the connection does not take is waited for. */
export async function writeFrames(outgoing: ServerResponse, { send, keepAliveMs }: SseAnswer): Promise<void> {
	let gathered = '';
	const flush = () => {
		if (gathered !== '' && !outgoing.destroyed) outgoing.write(gathered);
		gathered = '';
	};
	const keepAlive = setInterval(() => {
		if (!outgoing.destroyed && !outgoing.writableNeedDrain) outgoing.write(': keep-alive\n\n');
	}, keepAliveMs);
	try {
		await send({
			write: frames => {
				if (gathered === '') process.nextTick(flush);
				gathered += frames;
				if (gathered.length > MOST_GATHERED) flush();
				return outgoing.writableNeedDrain ? roomIn(outgoing) : undefined;
			},
			silence: () => clearInterval(keepAlive),
			get isClosed() {
				return outgoing.destroyed;
			},
		});
		flush();
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
