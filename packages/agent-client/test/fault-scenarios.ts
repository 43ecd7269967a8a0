import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { CreateClientOptions } from '../src/index.ts';
import { FAKE_KEY } from './cases.ts';
import {
	type Answer,
	answer,
	type Behaviour,
	COMPLETE_TURN,
	head,
	healthy,
	inTurn,
	json,
	reset,
	sse,
	stream,
} from './fault-server.ts';

/** How one row of fault-cases.json is brought about. */
export interface Scenario {
	/** The server; several where the row names several. `abort` is the caller's own. */
	readonly serve: (abort: (reason?: unknown) => void) => Behaviour | Readonly<Record<string, Behaviour>>;
	readonly options?: Partial<CreateClientOptions>;
	/** Waits for as long as the client asks, instead of not at all. */
	readonly realSleep?: boolean;
	readonly abortedBefore?: boolean;
	/** The client's base URL, where it is not the server's. */
	readonly baseUrl?: (url: string) => string;
}

const always =
	(behaviour: Behaviour): Scenario['serve'] =>
	() =>
		behaviour;

/** The documented error body; its message holds the key, as a careless server's might. */
function refusal(status: number, headers: Answer['headers'] = {}): Behaviour {
	const message = `Refused the key ${FAKE_KEY}`;
	const body = { error: 'some_code', message, status: 'error', request_id: 'req_1' };
	return json(body, { status, headers });
}

const status = (code: number): Scenario => ({ serve: always(refusal(code)) });
const isStream = (path: string) => path.endsWith('/stream');

/** A chunked answer that begins well; what follows is the fault. */
function beginning(then: Behaviour): Behaviour {
	return (socket, request) => {
		const type = isStream(request.path) ? 'text/event-stream' : 'application/json';
		const begun = isStream(request.path) ? sse('token', { content: 'The' }) : '{"data":[';
		// Kept alive, because Node 18 and 20 take a reset for the proper end of an answer that closes its connection.
		const headers = { connection: 'keep-alive', 'content-type': type, 'transfer-encoding': 'chunked' };
		socket.write(head({ headers }));
		socket.write(`${begun.length.toString(16)}\r\n${begun}\r\n`);
		then(socket, request);
	};
}

/** An answer of this size, written no faster than it is read. */
function huge(answerHead: Answer, megabytes: number): Behaviour {
	return socket => {
		const megabyte = Buffer.alloc(2 ** 20, 'x');
		let left = megabytes;
		const write = () => {
			while (left-- > 0 && !socket.destroyed) {
				if (!socket.write(megabyte)) return socket.once('drain', write);
			}
			return socket.end();
		};
		socket.write(head(answerHead));
		write();
	};
}

/** Headers at once, the body in pieces that arrive one by one. */
function trickle(...pieces: readonly (string | Uint8Array)[]): Behaviour {
	return async socket => {
		socket.setNoDelay(true).write(head({ headers: { 'content-type': 'text/event-stream' } }));
		for (const piece of pieces) {
			socket.write(piece);
			await wait(20);
		}
		socket.end();
	};
}

async function zeros(megabytes: number): Promise<Buffer> {
	const gzip = createGzip();
	const parts: Buffer[] = [];
	gzip.on('data', (part: Buffer) => parts.push(part));
	const megabyte = Buffer.alloc(2 ** 20);
	for (let left = megabytes; left > 0; left--) {
		if (!gzip.write(megabyte)) await new Promise(resolve => gzip.once('drain', resolve));
	}
	await new Promise<void>(resolve => gzip.end(resolve));
	return Buffer.concat(parts);
}

/** An event of exactly so many bytes, its blank line included. */
function eventOfBytes(name: string, bytes: number): string {
	const frame = sse(name, { content: '' });
	return sse(name, { content: 'x'.repeat(bytes - frame.length) });
}

const bomb = zeros(300);
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);
const bytes = (...parts: readonly (string | Uint8Array)[]) =>
	Buffer.concat(parts.map(part => Buffer.from(part)));
const DONE = sse('done', { outcome: 'COMPLETED' });
const RESPONSE = sse('response', { content: 'The answer.' });

export const scenarios: Readonly<Record<string, Scenario>> = {
	F005: { serve: always(socket => void socket.end()) },
	F006: { serve: always(socket => void socket.end('HTTP/1.1 200 OK\r\ncontent-ty')) },
	F011: { serve: always(healthy), baseUrl: url => url.replace('http:', 'https:') },
	F012: { serve: always(socket => void socket.end('SSH-2.0-OpenSSH_9.6\r\n')) },
	F013: { serve: always(beginning(socket => void socket.end('zz\r\nrubbish\r\n'))) },
	F018: {
		serve: always((socket, request) => {
			socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n');
			healthy(socket, request);
		}),
	},
	F027: status(400),
	F031: status(408),
	F032: status(409),
	F033: status(413),
	F034: status(422),
	F035: status(418),
	F036: status(429),
	F040: status(504),
	F042: status(507),
	F043: { serve: always(inTurn(refusal(503), healthy)) },
	F044: { serve: always(inTurn(refusal(429), refusal(429), refusal(429), healthy)) },
	F046: { serve: always(inTurn(refusal(503), reset)) },
	F048: { serve: always(inTurn(refusal(401), healthy)) },
	F054: { serve: always(inTurn(refusal(429, { 'retry-after': '1' }), healthy)), realSleep: true },
	F058: { serve: always(inTurn(refusal(429, { 'retry-after': 'abc' }), healthy)), realSleep: true },
	F061: {
		serve: always((socket, request) => {
			if (isStream(request.path))
				return stream(COMPLETE_TURN, { headers: { 'retry-after': '10' } })(socket, request);
			const body = { data: [], id: 'e1', execution_id: 'e1', status: 'completed' };
			return json(request.path.endsWith('/agents') ? body : { ...body, data: undefined }, {
				headers: { 'retry-after': '10' },
			})(socket, request);
		}),
		realSleep: true,
	},
	F065: { serve: always(() => {}), options: { timeoutMs: 1000 } },
	F067: { serve: always(beginning(() => {})) },
	F074: { serve: always(healthy), abortedBefore: true },
	F076: { serve: abort => () => void setTimeout(abort, 50) },
	F077: { serve: abort => beginning(() => void setTimeout(() => abort(new Error('mine')), 50)) },
	F084: { serve: always(beginning(socket => void setTimeout(() => socket.resetAndDestroy(), 50))) },
	F085: { serve: always(beginning(socket => void socket.end())) },
	F086: {
		serve: always((socket, request) => {
			const type = isStream(request.path) ? 'text/event-stream' : 'application/json';
			const half = isStream(request.path) ? RESPONSE : '{"data":[]';
			socket.end(`${head({ headers: { 'content-type': type, 'content-length': '100000' } })}${half}`);
		}),
	},
	F089: { serve: always(stream(sse('token', { content: 'The ' }) + sse('token', { content: 'answer.' }))) },
	F091: {
		serve: always(async (socket, request) =>
			stream(await bomb, { headers: { 'content-encoding': 'gzip' } })(socket, request),
		),
	},
	F093: { serve: always(stream(eventOfBytes('response', 1_000_000) + DONE)) },
	F096: {
		serve: always(socket => {
			socket.write(head({ headers: { 'content-type': 'text/event-stream' } }));
			socket.write('x'.repeat(2_000_000));
		}),
	},
	F097: { serve: always(stream(': ping\n'.repeat(300_000) + COMPLETE_TURN)) },
	F100: { serve: always(huge({ headers: { 'content-type': 'application/json' } }, 100)) },
	F101: { serve: always(huge({ status: 500, headers: { 'content-type': 'application/json' } }, 100)) },
	F102: {
		serve: always(
			answer({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><h1>Log in</h1>' }),
		),
	},
	F103: { serve: always(json({ success: true })) },
	F107: { serve: always(socket => void socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n')) },
	F109: { serve: () => ({ null: json(null), array: json([]), string: json('x'), number: json(7) }) },
	F113: {
		serve: always(
			stream(
				`event: tool\ndata: {"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}\n\n` +
					`event: response\ndata: {"content":"x","__proto__":{"polluted":true}}\n\n${DONE}`,
			),
		),
	},
	F114: {
		serve: always(
			stream(bytes('event: response\ndata: {"content":"a', Uint8Array.of(0xff, 0xfe), `b"}\n\n${DONE}`)),
		),
	},
	F116: { serve: always(stream(bytes(BOM, COMPLETE_TURN))) },
	F117: {
		serve: always(
			trickle(
				'event: response\r',
				'\ndata: {"content":"The answer."}\r\n\r',
				`\nevent: done\rdata: {}\r\n\n`,
			),
		),
	},
	F120: { serve: always(stream(RESPONSE + RESPONSE + DONE)) },
	F122: { serve: always(stream(sse('future', { a: 1 }) + COMPLETE_TURN)) },
	F135: { serve: always(stream(RESPONSE)) },
	F136: {
		serve: always(
			stream(RESPONSE + sse('metrics', { execution_id: 'e1' }) + sse('done', { outcome: 'TIMEOUT' })),
		),
	},
	F139: {
		serve: always(stream(eventOfBytes('response', 1000) + eventOfBytes('response', 1001) + DONE)),
		options: { maxStreamEventBytes: 1000 },
	},
};
