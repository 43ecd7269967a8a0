import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What becomes of a request: it is passed on; so is it, and its answer is lost; or it gets nowhere. */
export type Fate = 'passes' | 'loses its answer' | 'gets nowhere';

export interface Proxy extends AsyncDisposable {
	readonly url: string;
}

/** Stands between a piece and the sandbox, and decides about each request. */
export async function openProxy(
	target: string,
	fateOf: (method: string, path: string) => Fate,
): Promise<Proxy> {
	const server = createServer(async (request, response) => {
		const { method = '', url: path = '' } = request;
		const body = await buffer(request);
		const fate = fateOf(method, path);
		if (fate === 'gets nowhere') return void request.socket.destroy();
		const headers = { ...request.headers };
		for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) delete headers[name];
		const answer = await fetch(target + path, {
			method,
			headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
			...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
		});
		const text = await answer.text();
		if (fate === 'loses its answer') return void request.socket.destroy();
		response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
		response.end(text);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
	return {
		url: `http://127.0.0.1:${address.port}`,
		[Symbol.asyncDispose]: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}

/**
 * The answer to the first dispatch is lost, and as many requests after it get nowhere: whether it was dispatched
 * cannot be found out for a while.
 */
export function losesDispatch(requestsAfterIt: number): (method: string, path: string) => Fate {
	let left: number | undefined;
	return (method, path) => {
		if (left === undefined && method === 'POST' && path.startsWith('/api/triggers/webhook/')) {
			left = requestsAfterIt;
			return 'loses its answer';
		}
		if (left === undefined || left === 0) return 'passes';
		left--;
		return 'gets nowhere';
	};
}
