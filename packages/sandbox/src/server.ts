import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { COMMON_HEADERS, newRequestId } from './app.ts';
import type { SandboxEnv } from './env.ts';
import { errorBody, type WireError } from './error-envelope.ts';
import { hostRefusal } from './local-only.ts';
import { SandboxSetupError } from './setup-error.ts';
import { type OnUpgrade, refuseUpgrade } from './zone/zone-upgrade.ts';

export interface RunningServer {
	readonly port: number;
	/** Takes no new connection from here on; resolves when the last one has ended. */
	stopListening(): Promise<void>;
	/** Cuts the connections that are still open. */
	dropConnections(): void;
}

/** Serves the app on loopback, and nowhere else: the keys that open it are public. */
export async function serve(
	app: Hono<SandboxEnv>,
	port: number,
	onUpgrade?: OnUpgrade,
): Promise<RunningServer> {
	// A test that runs a sandbox in its own process must keep its own Request and Response.
	const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
	const server = createServer((request, response) => {
		const refusal = hostRefusal(request);
		if (refusal) refuse(response, refusal);
		else void answer(request, response);
	});
	// The server forgets a connection that has become another protocol.
	const upgraded = new Set<Duplex>();
	if (onUpgrade) {
		server.on('upgrade', (request, socket, head) => {
			upgraded.add(socket);
			socket.once('close', () => upgraded.delete(socket));
			socket.on('error', () => socket.destroy());
			const refusal = hostRefusal(request);
			if (refusal) refuseUpgrade(socket, refusal.status);
			else onUpgrade(request, socket, head).catch(() => socket.destroy());
		});
	}
	await listen(server, port);
	return {
		port: (server.address() as AddressInfo).port,
		stopListening: () => new Promise(resolve => server.close(() => resolve())),
		dropConnections: () => {
			server.closeAllConnections();
			for (const socket of upgraded) socket.destroy();
		},
	};
}

function listen(server: Server, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			reject(
				new SandboxSetupError(
					error.code === 'EADDRINUSE'
						? `Port ${port} is in use: choose another one with --port, or 0 for any free one.`
						: `The sandbox cannot listen on port ${port} (${error.code ?? error.message}).`,
				),
			);
		});
		server.listen(port, '127.0.0.1', resolve);
	});
}

function refuse(response: ServerResponse, error: WireError): void {
	const requestId = newRequestId();
	response.writeHead(error.status, {
		...COMMON_HEADERS,
		'Content-Type': 'application/json',
		'X-Request-Id': requestId,
		Connection: 'close',
	});
	response.end(JSON.stringify(errorBody(error, requestId)));
}
