import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { callPiece } from './call-piece.ts';
import type { Outcome, PieceCall, Services, Values, WebhookPayload } from './calls.ts';
import type { Flow } from './flow.ts';
import { FlowRun } from './flow-run.ts';
import { Store } from './store.ts';

export interface PlatformOptions {
	/** The installed piece's main file. */
	readonly entry: string;
	readonly connection: Values;
	/** How many times as fast as asked for timers run. Default 1. */
	readonly timersRunFaster?: number;
}

type Hook = (PieceCall & { kind: 'hook' })['hook'];

/** A small platform with one piece and one connection: it keeps flows, takes webhooks, and runs steps. */
export class Platform implements AsyncDisposable {
	readonly #options: PlatformOptions;
	readonly #server: Server;
	readonly #flows = new Map<string, PublishedFlow>();
	readonly #runs = new Map<string, FlowRun>();
	readonly url: string;

	private constructor(options: PlatformOptions, server: Server, url: string) {
		this.#options = options;
		this.#server = server;
		this.url = url;
		server.on('request', (request, response) => void this.#handle(request, response));
	}

	static async open(options: PlatformOptions): Promise<Platform> {
		const server = createServer().listen(0, '127.0.0.1');
		await once(server, 'listening');
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('The platform has no port.');
		return new Platform(options, server, `http://127.0.0.1:${address.port}`);
	}

	/** Keeps a flow, which is not published yet. */
	add(flow: Flow): PublishedFlow {
		const id = `flow${this.#flows.size + 1}`;
		const webhookUrl = `${this.url}/api/v1/webhooks/${id}`;
		const published = new PublishedFlow(flow, webhookUrl, this.#options, (store, trigger) => {
			const { entry, connection, timersRunFaster = 1 } = this.#options;
			const setting = { entry, connection, timersRunFaster, store, publicUrl: this.url };
			const run = new FlowRun(setting, flow.steps, trigger);
			this.#runs.set(run.id, run);
			return run;
		});
		this.#flows.set(id, published);
		return published;
	}

	/** Runs steps that no trigger starts. */
	start(...steps: Flow['steps']): FlowRun {
		return this.add({ steps }).start(null);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const { waitpoints } of this.#runs.values()) waitpoints.close();
		this.#server.close();
		this.#server.closeAllConnections();
		await once(this.#server, 'close');
	}

	async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
		const rawBody = await text(request);
		const payload: WebhookPayload = {
			method: request.method ?? '',
			rawBody,
			body: parsed(rawBody),
			headers: Object.fromEntries(
				Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join()]),
			),
			queryParams: Object.fromEntries(searchParams),
		};
		const [, runId = '', waitpointId = ''] =
			/^\/api\/v1\/flow-runs\/(\w+)\/waitpoints\/(\w+)$/.exec(pathname) ?? [];
		const [, flowId = ''] = /^\/api\/v1\/webhooks\/(\w+)$/.exec(pathname) ?? [];
		const flow = this.#flows.get(flowId);
		if (flow !== undefined) {
			// The caller is answered before anybody knows what the flow makes of it.
			answer(response, {});
			await flow.receive(payload);
			return;
		}
		const { body, headers, queryParams } = payload;
		const resumed = this.#runs.get(runId)?.waitpoints.resume(waitpointId, { body, headers, queryParams });
		// Also for what has no effect any more it answers with 200.
		answer(response, resumed === true ? {} : { message: 'This link has expired.' });
	}
}

function answer(response: ServerResponse, body: object): void {
	response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function parsed(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return {};
	}
}

/** A flow, with its store and what its trigger has started. */
export class PublishedFlow {
	readonly runs: FlowRun[] = [];
	readonly store = new Store();
	/** What the trigger's hooks answered to each webhook. */
	readonly received: Outcome[] = [];
	readonly webhookUrl: string;
	readonly #flow: Flow;
	readonly #options: PlatformOptions;
	readonly #start: (store: Store, trigger: unknown) => FlowRun;
	readonly #seen = new Set<unknown>();

	constructor(
		flow: Flow,
		webhookUrl: string,
		options: PlatformOptions,
		start: (store: Store, trigger: unknown) => FlowRun,
	) {
		this.#flow = flow;
		this.webhookUrl = webhookUrl;
		this.#options = options;
		this.#start = start;
	}

	start(trigger: unknown): FlowRun {
		const run = this.#start(this.store, trigger);
		this.runs.push(run);
		return run;
	}

	async receive(payload: WebhookPayload): Promise<void> {
		const outcome = await this.call('run', payload);
		this.received.push(outcome);
		if (!outcome.ok || !Array.isArray(outcome.output)) return;
		for (const item of outcome.output) {
			const { _dedupe_key: key, ...rest } = item;
			if (key !== undefined && this.#seen.has(key)) continue;
			this.#seen.add(key);
			this.start(rest);
		}
	}

	/** Calls a hook of the flow's trigger. */
	call(hook: Hook, payload?: WebhookPayload): Promise<Outcome> {
		const { trigger } = this.#flow;
		if (trigger === undefined) throw new Error('The flow has no trigger.');
		const { entry, connection } = this.#options;
		const { store, webhookUrl } = this;
		const services: Services = {
			get: key => store.get(key),
			put: (key, value) => store.put(key, value),
			delete: key => store.delete(key),
			createWaitpoint: () => {
				throw new Error('A trigger has no waitpoints.');
			},
		};
		const { name, propsValue } = trigger;
		const call: PieceCall = { kind: 'hook', trigger: name, hook, connection, propsValue, webhookUrl };
		return callPiece(entry, payload === undefined ? call : { ...call, payload }, services);
	}
}
