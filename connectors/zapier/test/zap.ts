import { randomUUID } from 'node:crypto';
import { type ReceivedRequest, startStubServer } from '@zihin/connector-kit/testing/stub-server';
import type { ZapierHost } from './host.ts';

const STEP = 'creates.dispatch_agent_and_wait.operation';
const TRIGGER = 'triggers.agent_run_finished.operation';

/** A Zap's run that sleeps at a step. */
export interface SleepingRun extends AsyncDisposable {
	/** What the step left for the time when it is woken. */
	readonly kept: Readonly<Record<string, unknown>>;
	/** What the step returned in the end. */
	readonly ended: Promise<unknown>;
	readonly callbackUrl: string;
	/** Everyone who called the callback URL. */
	readonly calls: readonly ReceivedRequest[];
}

/** Runs the step as Zapier does: the first call of the callback URL wakes it, the others are told that all is well. */
export async function sleepAt(host: ZapierHost, inputData: object): Promise<SleepingRun> {
	let wake: (request: ReceivedRequest) => void = () => {};
	const called = new Promise<ReceivedRequest>(resolve => {
		wake = resolve;
	});
	const server = await startStubServer((response, request) => {
		response.end('{"status":"success"}');
		wake(request);
	});
	const callbackUrl = `${server.url}/hooks/callback/${randomUUID()}/`;
	try {
		const { results, status } = await host.execute(`${STEP}.perform`, { inputData }, callbackUrl);
		if (status !== 'CALLBACK') throw new Error(`The step does not sleep, but is ${status}.`);
		const outputData = { ...(results as object) };
		const ended = called.then(async request => {
			const bundle = { inputData, outputData, ...requestOf(request) };
			return (await host.execute(`${STEP}.performResume`, bundle)).results;
		});
		// Whoever waits for it learns of a failure, and until then nobody.
		ended.catch(() => {});
		const calls = server.requests;
		return { kept: outputData, ended, callbackUrl, calls, [Symbol.asyncDispose]: () => server.close() };
	} catch (cause) {
		await server.close();
		throw cause;
	}
}

/** A Zap that begins with the trigger, switched on. */
export interface RunningZap extends AsyncDisposable {
	/** What Zapier keeps of the subscription. */
	readonly subscribeData: {
		readonly triggerId: string;
		readonly callbackUrl: string;
		readonly [key: string]: unknown;
	};
	/** What the Zap was started with, and why events failed. */
	readonly started: readonly unknown[];
	readonly failures: readonly unknown[];
	/** How many calls of the hook have been handed to the app, and answered by it. */
	readonly handled: () => number;
	list(): Promise<unknown>;
	/** Switches it off. */
	unsubscribe(): Promise<unknown>;
}

/** Switches a Zap on as Zapier does: each call of the hook is answered at once, and then handed to the app. */
export async function switchOn(host: ZapierHost, inputData: object): Promise<RunningZap> {
	const started: unknown[] = [];
	const failures: unknown[] = [];
	let handled = 0;
	let subscribeData: RunningZap['subscribeData'] | undefined;
	const server = await startStubServer(async (response, request) => {
		response.end('{"status":"success"}');
		try {
			const bundle = { inputData, subscribeData, ...requestOf(request) };
			const { results } = await host.execute(`${TRIGGER}.perform`, bundle);
			started.push(...(results as unknown[]));
		} catch (cause) {
			failures.push(cause);
		}
		handled++;
	});
	const targetUrl = `${server.url}/hooks/standard/1/${randomUUID()}/`;
	const { results } = await host.execute(`${TRIGGER}.performSubscribe`, { inputData, targetUrl });
	const data = results as RunningZap['subscribeData'];
	subscribeData = data;
	return {
		subscribeData: data,
		started,
		failures,
		handled: () => handled,
		list: async () => (await host.execute(`${TRIGGER}.performList`, { inputData })).results,
		unsubscribe: async () =>
			(await host.execute(`${TRIGGER}.performUnsubscribe`, { inputData, targetUrl, subscribeData: data }))
				.results,
		[Symbol.asyncDispose]: () => server.close(),
	};
}

/** A request as Zapier hands it to an app: headers that it does not know get a prefix. */
function requestOf({ method, path = '', headers, body }: ReceivedRequest): object {
	const { pathname: _, search, searchParams } = new URL(path, 'http://zapier');
	const known = ['content-type', 'content-length'];
	const named = Object.entries(headers).map(([name, value]) => {
		const capitalised = name.replace(/(^|-)[a-z]/g, letter => letter.toUpperCase());
		return [known.includes(name) ? capitalised : `Http-${capitalised}`, value];
	});
	return {
		cleanedRequest: { ...Object.fromEntries(searchParams), ...parsed(body) },
		rawRequest: { method, headers: Object.fromEntries(named), content: body, querystring: search.slice(1) },
	};
}

function parsed(body: string): object {
	try {
		return JSON.parse(body);
	} catch {
		return {};
	}
}
