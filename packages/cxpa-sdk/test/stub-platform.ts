import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface SeenRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

type Answer = (response: ServerResponse, request: SeenRequest) => void;

/** A platform that answers what a test says, one answer after another, the last one for ever. */
export async function stubPlatform(...answers: Answer[]): Promise<{ url: string; seen: SeenRequest[] }> {
	const seen: SeenRequest[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', chunk => chunks.push(chunk));
		request.on('end', () => {
			const { method = '', url = '', headers } = request;
			const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
			seen.push(one);
			answers[Math.min(seen.length, answers.length) - 1]?.(response, one);
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.close();
		server.closeAllConnections();
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The stub does not listen.');
	return { url: `http://127.0.0.1:${address.port}`, seen };
}

export const json =
	(body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
	response =>
		void response
			.writeHead(status, { 'content-type': 'application/json', ...headers })
			.end(JSON.stringify(body));

export const text =
	(body: string, status = 200): Answer =>
	response =>
		void response.writeHead(status, { 'content-type': 'text/html' }).end(body);

/** Closes the connection without an answer. */
export const cut: Answer = response => void response.destroy();

/** Never answers. */
export const silent: Answer = () => {};
