import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RecordedExecution, type Sandbox, type SandboxOptions, startSandbox } from '../src/index.ts';

export const GARDEN = {
	'garden.md': [
		'# Garden',
		'',
		'## Watering',
		'',
		'Water a cactus once a month.',
		'',
		'## Soil',
		'',
		'A cactus likes **sandy** soil.',
		'',
		'## Tomatoes',
		'',
		'Tomatoes need staking in June.',
		'',
	].join('\n'),
	'tools/spade.md': '# Spade\n\nSharpen the spade every winter.\n',
};

/** A folder of its own for the test, gone afterwards. */
export function folder(files: Record<string, string | Uint8Array> = {}): string {
	const root = mkdtempSync(join(tmpdir(), 'zihin-sandbox-'));
	onTestFinished(() => rmSync(root, { recursive: true, force: true }));
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(root, name)), { recursive: true });
		writeFileSync(join(root, name), content);
	}
	return root;
}

/** A sandbox on the garden library, closed when the test is over. */
export async function garden(options: SandboxOptions = {}): Promise<Sandbox> {
	const sandbox = await startSandbox({ port: 0, library: [folder(GARDEN)], tokenDelayMs: 0, ...options });
	onTestFinished(() => sandbox.close());
	return sandbox;
}

/** JSON as a test reads it: any path may be asked for, and what is not there is `undefined`. */
export class Json {
	readonly value: unknown;

	constructor(value: unknown) {
		this.value = value;
	}

	at(path: string): unknown {
		let value = this.value;
		for (const key of path.split('.')) {
			value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
		}
		return value;
	}

	text(path: string): string {
		return String(this.at(path));
	}
}

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: Json;
}

export interface Call {
	readonly key?: string | undefined;
	readonly headers?: Record<string, string>;
	readonly body?: unknown;
}

/** `call(sandbox, 'POST /api/triggers', { body })`, with the admin key unless another one, or none, is given. */
export async function call(sandbox: Sandbox, what: string, options: Call = {}): Promise<Answer> {
	const [method = '', path = ''] = what.split(' ');
	const key = 'key' in options ? options.key : sandbox.keys.admin;
	const response = await fetch(sandbox.url + path, {
		method,
		headers: {
			...(key !== undefined && { 'X-Api-Key': key }),
			...(options.body !== undefined && { 'Content-Type': 'application/json' }),
			...options.headers,
		},
		...(options.body !== undefined && {
			body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body),
		}),
	});
	return {
		status: response.status,
		headers: response.headers,
		body: new Json(JSON.parse(await response.text())),
	};
}

export interface Streamed {
	readonly names: string[];
	/** The data of the first event of this name. */
	data(name: string): Json;
	/** All tokens, joined. */
	readonly tokens: string;
	readonly content: string;
	readonly sessionId: string;
	readonly sources: readonly unknown[];
}

/** One streamed turn, read to its end. */
export async function ask(sandbox: Sandbox, body: Record<string, unknown>): Promise<Streamed> {
	const response = await fetch(`${sandbox.url}/api/v2/agents/${sandbox.agentId}/stream`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.member, 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
	});
	const text = await response.text();
	if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
	return streamed(text);
}

function streamed(text: string): Streamed {
	const events = text
		.split('\n\n')
		.filter(block => block.startsWith('event: '))
		.map(block => {
			const [first = '', second = ''] = block.split('\n');
			return {
				name: first.slice('event: '.length),
				data: new Json(JSON.parse(second.slice('data: '.length))),
			};
		});
	const data = (name: string) => events.find(event => event.name === name)?.data ?? new Json(undefined);
	const tokens = events.filter(event => event.name === 'token').map(event => event.data.text('content'));
	const sources = data('response').at('sources');
	return {
		names: events.map(event => event.name),
		data,
		tokens: tokens.join(''),
		content: data('response').text('content'),
		sessionId: data('session').text('session_id'),
		sources: Array.isArray(sources) ? sources : [],
	};
}

/** The last recorded execution, once it is what the test waits for. */
export async function eventually(
	sandbox: Sandbox,
	isReached: (execution: RecordedExecution) => boolean,
): Promise<RecordedExecution> {
	return until(() => {
		const last = sandbox.executions().at(-1);
		return last && isReached(last) ? last : undefined;
	});
}

export async function until<T>(read: () => T | undefined): Promise<T> {
	for (;;) {
		const value = read();
		if (value !== undefined) return value;
		await new Promise(resolve => setTimeout(resolve, 5));
	}
}

export interface Delivery {
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	readonly path: string;
}

/** A callback receiver that answers with the given statuses in turn, the last one for ever. */
export async function receiver(
	statuses: readonly number[] = [200],
	headers: Record<string, string> = {},
	beforeAnswer: () => void = () => {},
) {
	const deliveries: Delivery[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', chunk => chunks.push(chunk));
		request.on('end', () => {
			deliveries.push({
				headers: request.headers,
				body: Buffer.concat(chunks).toString(),
				path: request.url ?? '',
			});
			beforeAnswer();
			const status = statuses[Math.min(deliveries.length, statuses.length) - 1] ?? 200;
			response.writeHead(status, headers).end();
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.close();
		server.closeAllConnections();
	});
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/callback?token=t`, deliveries };
}

/** Sends bytes as they are and returns everything that comes back before the connection ends. */
export function raw(sandbox: Sandbox, lines: readonly string[], body = ''): Promise<string> {
	const { port } = new URL(sandbox.url);
	return new Promise((resolve, reject) => {
		const socket = connect(Number(port), '127.0.0.1');
		let answer = '';
		socket.setEncoding('utf8');
		socket.on('data', chunk => {
			answer += chunk;
		});
		socket.on('error', reject);
		socket.on('close', () => resolve(answer));
		socket.write(`${lines.map(line => line.replaceAll('PORT', port)).join('\r\n')}\r\n\r\n${body}`);
	});
}

export function statusOf(answer: string): number {
	return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

/** A trigger of the Librarian, made by the admin. */
export async function createTrigger(
	sandbox: Sandbox,
	config: Record<string, unknown> = {},
	name = 'Integration',
) {
	const answer = await call(sandbox, 'POST /api/triggers', {
		body: {
			agent_id: sandbox.agentId,
			name,
			trigger_type: 'webhook',
			trigger_config: { auth: { type: 'api_key' }, ...config },
		},
	});
	if (answer.status !== 201) throw new Error(JSON.stringify(answer.body.value));
	return { id: answer.body.text('data.id'), secret: answer.body.text('data.webhook_secret'), answer };
}

/** Dispatches one question to a new asynchronous trigger whose callback goes to this URL. */
export async function dispatchTo(sandbox: Sandbox, url: string, execution: Record<string, unknown> = {}) {
	const trigger = await createTrigger(sandbox, {
		execution: { mode: 'async', callback: { url }, ...execution },
	});
	const body = { message: 'When do tomatoes need staking?' };
	const answer = await call(sandbox, `POST /api/triggers/webhook/${trigger.id}`, { body });
	return { ...trigger, executionId: answer.body.text('execution_id') };
}

/** The last execution, once its callback is delivered or given up. */
export const isSettled = (sandbox: Sandbox) =>
	eventually(sandbox, ({ callback }) => callback?.status === 'delivered' || callback?.status === 'failed');
