import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Outcome, Wire } from './smoke.ts';

export interface FaultServer {
	readonly url: string;
	/** What the page has reported. */
	readonly outcomes: Promise<readonly Outcome[]>;
	/** From now on the browser's page is served too. */
	servePage(wire: Wire, script: string): void;
	close(): Promise<void>;
}

const sse = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const ANSWER = sse('response', { content: 'The answer.' });
const DONE = sse('done', { outcome: 'COMPLETED' });
const SECRET_PLACE = '/elsewhere/api/v2/agents';

/** A server whose first path segment says how it fails. Under `/sandbox` it passes requests on to the sandbox. */
export async function startFaultServer(sandboxUrl: string): Promise<FaultServer> {
	const seen = { elsewhere: 0, left: 0 };
	let busy = 2;
	let page: { readonly wire: Wire; readonly script: string } | undefined;
	let report: (outcomes: readonly Outcome[]) => void = () => {};
	const outcomes = new Promise<readonly Outcome[]>(resolve => {
		report = resolve;
	});

	const faults: Readonly<Record<string, (request: IncomingMessage, answer: ServerResponse) => void>> = {
		silent: () => {},
		endless: (_request, answer) => {
			answer.on('close', () => seen.left++);
			stream(answer).write(sse('token', { content: 'a' }));
		},
		crumbs: (_request, answer) => void trickle(stream(answer), sse('response', { content: '😀 é ﷽' }) + DONE),
		cut: (_request, answer) => void stream(answer).end(ANSWER),
		torn: (_request, answer) => {
			stream(answer).write(sse('token', { content: 'a' }));
			setTimeout(() => answer.destroy(), 50);
		},
		busy: (_request, answer) => {
			if (busy-- > 0) return void answer.writeHead(503, { 'retry-after': '0' }).end('{}');
			busy = 2;
			stream(answer).end(ANSWER + DONE);
		},
		moved: (_request, answer) => void answer.writeHead(302, { location: SECRET_PLACE }).end(),
		elsewhere: (_request, answer) => {
			seen.elsewhere++;
			json(answer, { data: [] });
		},
		sandbox: (request, answer) => passOn(sandboxUrl, request, answer),
		seen: (_request, answer) => json(answer, seen),
		wire: (_request, answer) => json(answer, page?.wire),
		'smoke.js': (_request, answer) =>
			void answer.writeHead(200, { 'content-type': 'text/javascript' }).end(page?.script),
		outcomes: async (request, answer) => {
			report(JSON.parse(await text(request)));
			answer.end();
		},
		'': (_request, answer) => {
			answer.writeHead(200, { 'content-type': 'text/html' });
			answer.end('<!doctype html><meta charset="utf-8"><script type="module" src="/smoke.js"></script>');
		},
	};
	const server = createServer((request, answer) => {
		const fault = faults[request.url?.split('/')[1] ?? ''];
		if (fault === undefined) answer.writeHead(404).end();
		else fault(request, answer);
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		outcomes,
		servePage: (wire, script) => {
			page = { wire, script };
		},
		close: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}

function stream(answer: ServerResponse): ServerResponse {
	answer.socket?.setNoDelay(true);
	return answer.writeHead(200, { 'content-type': 'text/event-stream' });
}

async function trickle(answer: ServerResponse, body: string): Promise<void> {
	for (const byte of Buffer.from(body)) {
		answer.write(Buffer.of(byte));
		await new Promise(resolve => setTimeout(resolve, 1));
	}
	answer.end();
}

function json(answer: ServerResponse, body: unknown): void {
	answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A page may call its own origin only, and the sandbox answers to no page: what tells them apart is left out. */
function passOn(sandboxUrl: string, from: IncomingMessage, answer: ServerResponse): void {
	const { host: _host, origin: _origin, 'sec-fetch-site': _site, ...headers } = from.headers;
	const path = from.url?.slice('/sandbox'.length) ?? '';
	const to = request(sandboxUrl + path, { method: from.method ?? 'GET', headers }, response => {
		answer.writeHead(response.statusCode ?? 502, response.headers);
		response.pipe(answer);
	});
	to.on('error', () => answer.destroy());
	answer.on('close', () => to.destroy());
	from.pipe(to);
}
