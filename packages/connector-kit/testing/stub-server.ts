import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as it came in. */
export interface ReceivedRequest {
	readonly method: string | undefined;
	readonly path: string | undefined;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

export interface StubServer {
	readonly url: string;
	/** Oldest first. */
	readonly requests: readonly ReceivedRequest[];
	close(): Promise<void>;
}

/** A server that notes every request, and then answers as it is told to. */
export async function startStubServer(
	answer: (response: ServerResponse, request: ReceivedRequest) => void,
): Promise<StubServer> {
	const requests: ReceivedRequest[] = [];
	const server = createServer(async (incoming, response) => {
		const { method, url: path, headers } = incoming;
		const request = { method, path, headers, body: await text(incoming) };
		requests.push(request);
		answer(response, request);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port.');
	return {
		url: `http://127.0.0.1:${address.port}`,
		requests,
		close: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}

export function answerJson(
	response: ServerResponse,
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
