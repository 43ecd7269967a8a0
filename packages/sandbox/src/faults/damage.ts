import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, Next } from 'hono';
import { readBody } from '../body.ts';
import type { SandboxEnv } from '../env.ts';
import { withFramesInBody } from '../sse.ts';
import type { FaultOf } from './fault.ts';

/** The faults in how an answer reaches the caller. */
export const DAMAGES = ['slow-headers', 'wrong-content-type', 'reset', 'cut-body'] as const;

export async function damage(
	c: Context<SandboxEnv>,
	fault: FaultOf<(typeof DAMAGES)[number]>,
	next: Next,
	stopping: AbortSignal,
): Promise<void> {
	const { socket } = c.env.incoming;
	if (fault.name === 'reset' && fault.value === 'before') await readBody(c);
	else await next();
	if (fault.name !== 'wrong-content-type') withFramesInBody(c);
	switch (fault.name) {
		case 'wrong-content-type':
			c.header('Content-Type', 'text/plain; charset=utf-8');
			return;
		case 'reset':
			if (fault.value === 'after') await readToTheEnd(c.res);
			socket.resetAndDestroy();
			break;
		case 'cut-body':
			await sendCut(socket, c.res, fault.value);
			break;
		case 'slow-headers':
			await sendSlowly(socket, c.res, fault.value, stopping);
			break;
	}
	// Takes the place of the answer, which would only be merged with it.
	c.res = undefined;
	c.res = RESPONSE_ALREADY_SENT;
}

/** A stream does its work while it is read. */
async function readToTheEnd({ body }: Response): Promise<void> {
	for await (const _ of body ?? []) {
		// Nobody will see it.
	}
}

async function sendCut(socket: Socket, response: Response, bytes: number | undefined): Promise<void> {
	const body = Buffer.from(await response.arrayBuffer());
	const head = `${headLines(response, { 'Content-Length': String(body.byteLength) }).join('')}\r\n`;
	socket.write(head);
	hangUp(socket, body.subarray(0, bytes ?? Math.floor(body.byteLength / 2)));
}

/** The body ends with the connection, so that a stream needs no length and no chunks. */
async function sendSlowly(socket: Socket, response: Response, ms: number, stopping: AbortSignal) {
	const gone = new AbortController();
	const leave = () => gone.abort();
	socket.once('close', leave);
	const signal = AbortSignal.any([gone.signal, stopping]);
	try {
		for (const line of headLines(response, { Connection: 'close' })) {
			socket.write(line);
			await sleep(ms, undefined, { signal });
		}
		socket.write('\r\n');
		for await (const chunk of response.body ?? []) socket.write(chunk);
	} catch (error) {
		if (!signal.aborted) throw error;
		// Nobody is there to send the rest to; read to its end, a turn notices that and records it.
		await readToTheEnd(response);
	} finally {
		socket.off('close', leave);
		hangUp(socket);
	}
}

function headLines({ status, headers }: Response, changed: Readonly<Record<string, string>>): string[] {
	const all = new Headers(headers);
	for (const [name, value] of Object.entries(changed)) all.set(name, value);
	return [
		`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`,
		...[...all].map(([name, value]) => `${name}: ${value}\r\n`),
	];
}

function hangUp(socket: Socket, last: Uint8Array = Buffer.alloc(0)): void {
	socket.end(last, () => socket.destroy());
}
