import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { listening } from './ports.ts';

/** Between the sandbox and the app: passes everything on, and keeps the tokens that went by. */
export interface Tap extends AsyncDisposable {
	readonly url: string;
	readonly tokens: readonly string[];
	/** Everything that the app has answered. */
	said(): string;
}

export async function tapOf(port: number): Promise<Tap> {
	const tokens: string[] = [];
	const said: (string | Buffer)[] = [];
	const passed = (request: IncomingMessage) => {
		const token = request.headers['x-zone-token'];
		if (typeof token === 'string') tokens.push(token);
		const { method, url } = request;
		// Uncompressed, so that it can be searched.
		const headers = { ...request.headers, 'accept-encoding': 'identity' };
		return ask({ host: '127.0.0.1', port, method, path: url, headers });
	};
	const server = createServer((request: IncomingMessage, response: ServerResponse) => {
		const passing = passed(request);
		passing.on('error', () => response.destroy());
		passing.on('response', answer => {
			response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
			said.push(answer.rawHeaders.join('\n'));
			answer.on('data', (piece: Buffer) => said.push(piece));
			pipeline(answer, response, () => {});
		});
		pipeline(request, passing, () => {});
	});
	server.on('upgrade', (request, socket) => {
		const passing = passed(request);
		passing.on('error', () => socket.destroy());
		passing.on('response', () => socket.destroy());
		passing.on('upgrade', (answer, other) => {
			const { rawHeaders } = answer;
			const lines = rawHeaders.flatMap((name, at) =>
				at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
			);
			socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
			pipeline(socket, other, () => {});
			pipeline(other, socket, () => {});
		});
		passing.end();
	});
	const url = await listening(server);
	return {
		url,
		tokens,
		said: () => said.join(''),
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			server.close();
		},
	};
}
