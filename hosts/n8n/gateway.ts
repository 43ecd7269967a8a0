import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { pipeline } from 'node:stream';

/**
 * The proxy that stands before an n8n in queue mode: production webhooks, and those of sleeping executions, go to
 * the webhook process, all else to the main one. It answers 502 for one that is not ready, as a load balancer does
 * that asks for its health: n8n itself answers with 200 and 404 while it starts, and a callback would be lost.
 */
export interface Gateway extends AsyncDisposable {
	/** With a slash at its end. */
	readonly url: string;
}

const TO_WEBHOOK_PROCESS = ['/webhook/', '/webhook-waiting/'];

/** @param webhookPort of the process that is ready, if there is one */
export async function openGateway(mainPort: number, webhookPort: () => number | undefined): Promise<Gateway> {
	const server = createServer((incoming, outgoing) => {
		const path = incoming.url ?? '/';
		const port = TO_WEBHOOK_PROCESS.some(prefix => path.startsWith(prefix)) ? webhookPort() : mainPort;
		if (port === undefined) {
			outgoing.writeHead(502).end();
			return;
		}
		const { method, headers } = incoming;
		const forwarded = request({ host: '127.0.0.1', port, path, method, headers }, answer => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			pipeline(answer, outgoing, () => {});
		});
		forwarded.once('error', () => {
			if (outgoing.headersSent) outgoing.destroy();
			else outgoing.writeHead(502).end();
		});
		outgoing.once('close', () => forwarded.destroy());
		incoming.pipe(forwarded);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The gateway has no port.');
	return {
		url: `http://127.0.0.1:${address.port}/`,
		[Symbol.asyncDispose]: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}
