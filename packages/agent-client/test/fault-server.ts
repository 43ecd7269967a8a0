import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A request as it stood on the wire. */
export interface FaultRequest {
	/** How many requests this server has had, this one included. */
	readonly attempt: number;
	readonly method: string;
	readonly path: string;
	/** In order, names in lower case, repeated ones repeated. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: string;
}

/** What the server does with a request: it has the bare socket. */
export type Behaviour = (socket: Socket, request: FaultRequest) => void;

export interface FaultServer {
	readonly port: number;
	readonly url: string;
	readonly requests: readonly FaultRequest[];
	/** TCP connections, also those that never became a request. */
	connections(): number;
	/** Those on which something was sent: after an abort some versions of Node connect anew, for no request. */
	openSockets(): number;
	close(): Promise<void>;
}

/** A server on a bare socket, because a well-behaved HTTP server cannot misbehave. */
export async function startFaultServer(behave: Behaviour, tls?: TlsOptions): Promise<FaultServer> {
	const requests: FaultRequest[] = [];
	const sockets = new Set<Socket>();
	const used = new Set<Socket>();
	let connections = 0;
	const accept = (socket: Socket) => {
		socket.on('error', () => {});
		socket.on('close', () => used.delete(socket));
		let received = Buffer.alloc(0);
		socket.on('data', (chunk: Buffer) => {
			used.add(socket);
			received = Buffer.concat([received, chunk]);
			// A TLS greeting on a plain port: an HTTP server answers what it can say about that.
			if (received[0] === 0x16) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
			const request = parse(received, requests.length + 1);
			if (request === undefined) return;
			received = Buffer.alloc(0);
			requests.push(request);
			behave(socket, request);
		});
	};
	const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
	server.on('connection', socket => {
		connections++;
		sockets.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	return {
		port,
		url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
		requests,
		connections: () => connections,
		openSockets: () => used.size,
		close: () =>
			new Promise(resolve => {
				for (const socket of sockets) socket.destroy();
				server.close(() => resolve());
			}),
	};
}

/** The request, once all of it is there. */
function parse(received: Buffer, attempt: number): FaultRequest | undefined {
	const headEnd = received.indexOf('\r\n\r\n');
	if (headEnd === -1) return undefined;
	const [requestLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n');
	const headers = lines.map((line): [string, string] => {
		const colon = line.indexOf(':');
		return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
	});
	const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
	const body = received.subarray(headEnd + 4);
	if (body.length < length) return undefined;
	const [method = '', path = ''] = requestLine.split(' ');
	return { attempt, method, path, headers, body: body.toString('utf8') };
}

export interface Answer {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
}

/** The head of an answer that ends with its connection. */
export function head({ status = 200, headers = {} }: Answer): string {
	const lines = Object.entries({ connection: 'close', ...headers }).map(
		([name, value]) => `${name}: ${value}`,
	);
	return `HTTP/1.1 ${status} Status\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** A whole, well-formed answer. */
export function answer({ body = '', ...rest }: Answer): Behaviour {
	return socket => {
		const bytes = Buffer.from(body);
		const headers = { 'content-length': String(bytes.length), ...rest.headers };
		socket.end(Buffer.concat([Buffer.from(head({ ...rest, headers })), bytes]));
	};
}

export const json = (body: unknown, rest: Answer = {}): Behaviour =>
	answer({
		...rest,
		headers: { 'content-type': 'application/json', ...rest.headers },
		body: JSON.stringify(body),
	});

export const sse = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export const COMPLETE_TURN =
	sse('response', { content: 'The answer.' }) + sse('done', { outcome: 'COMPLETED' });

export const stream = (body: string | Uint8Array = COMPLETE_TURN, rest: Answer = {}): Behaviour =>
	answer({ ...rest, headers: { 'content-type': 'text/event-stream', ...rest.headers }, body });

/** What a healthy server answers to any of the calls. */
export const healthy: Behaviour = (socket, request) => {
	if (request.path.endsWith('/stream')) return stream()(socket, request);
	if (request.path.includes('/executions/')) {
		return json({ data: { id: 'e1', status: 'completed', output: { response: 'The answer.' } } })(
			socket,
			request,
		);
	}
	if (request.path.includes('/webhook/')) {
		return json({ data: { execution_id: 'e1', status: 'pending' } }, { status: 202 })(socket, request);
	}
	return json({ data: [{ id: 'a1', name: 'Agent' }] })(socket, request);
};

/** Answers the first request with the first behaviour, and so on; the last one stays. */
export function inTurn(...behaviours: readonly Behaviour[]): Behaviour {
	return (socket, request) => {
		const behave = behaviours[Math.min(request.attempt, behaviours.length) - 1] ?? healthy;
		behave(socket, request);
	};
}

/** Cuts the connection without a word: the other side sees a reset. */
export const reset: Behaviour = socket => void socket.resetAndDestroy();
