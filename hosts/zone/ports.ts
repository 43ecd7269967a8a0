import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Lets a server listen where nobody else does. */
export async function listening(server: Server, port = 0): Promise<string> {
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	return `http://127.0.0.1:${portOf(server)}`;
}

/** A port that was free a moment ago, for a program that has to be told which one to take. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await listening(server);
	const port = portOf(server);
	server.close();
	await once(server, 'close');
	return port;
}

function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
	return address.port;
}
