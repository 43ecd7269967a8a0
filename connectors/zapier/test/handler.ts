import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Usage, usage } from './usage.mjs';

/** One record of a run's log, as Zapier keeps it and shows it to the user. */
export interface LogRecord {
	readonly message: string;
	readonly log_type: string;
	readonly [field: string]: unknown;
}

/** What Zapier's servers hand to an app. */
export interface ZapierEvent {
	readonly command: 'execute' | 'validate' | 'definition';
	readonly method?: string;
	readonly bundle: object;
	readonly callback_url?: string;
	/** As its own command does: the checks of an output's shape throw, and no memory figures are printed. */
	readonly calledFromCli: true;
	/** Keeps the logging of HTTP requests, which `calledFromCli` alone would leave out. */
	readonly calledFromCliInvoke: true;
}

export interface Answer {
	readonly results: unknown;
	/** `CALLBACK`: the run sleeps until its callback URL is called. */
	readonly status: 'SUCCESS' | 'CALLBACK';
}

export interface Handler {
	/** Which app, on what. */
	readonly runtime: string;
	/** What the process that runs the app holds on to. */
	readonly usage: () => Promise<Usage>;
	/** @throws what the app threw */
	(event: ZapierEvent, onLog: (record: LogRecord) => void): Promise<Answer>;
}

/** The part of Zapier's runtime that its types leave out. */
interface Core {
	readonly version: string;
	createAppHandler(app: object): (event: object) => Promise<Answer>;
}

/** What the process of the built app answers. */
interface Reply {
	readonly id: number;
	readonly log: readonly LogRecord[];
	readonly answer?: Answer;
	readonly usage?: Usage;
	readonly error?: { readonly name: string; readonly message: string; readonly stack?: string };
}

/** The folder of an unpacked build.zip, and the Node to run it on. */
const { ZIHIN_ZAPIER_BUILD: build, ZIHIN_ZAPIER_NODE: node = process.execPath } = process.env;

/** The app as Zapier calls it: the bundle in this process, or all of what would be uploaded in one of its own. */
export const handler: Handler = build === undefined ? inThisProcess() : await inItsOwn(build);

function inThisProcess(): Handler {
	// The built app by the name of its package.
	const require = createRequire(import.meta.url);
	const { createAppHandler, version }: Core = require('zapier-platform-core');
	const { default: app }: { default: object } = require('zapier-app-zihin');
	const handle = createAppHandler(app);
	// Stands in for what Zapier keeps between two calls of an app.
	const kept = { zcacheTestObj: {}, cursorTestObj: {} };
	return Object.assign(
		(event: ZapierEvent, onLog: (record: LogRecord) => void) =>
			handle({
				...event,
				...kept,
				customLogger: (message: string, record: LogRecord) => onLog({ ...record, message }),
			}),
		{ runtime: `zapier-platform-core ${version}`, usage },
	);
}

async function inItsOwn(folder: string): Promise<Handler> {
	const wrapper = fileURLToPath(new URL('handler-process.mjs', import.meta.url));
	const child = fork(wrapper, [folder], { execPath: node });
	const waiting = new Map<number, (reply: Reply) => void>();
	const runtime = await firstMessage(child);
	child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
	let calls = 0;
	async function ask(question: object): Promise<Reply> {
		const id = ++calls;
		const replied = new Promise<Reply>(resolve => waiting.set(id, resolve));
		child.send({ id, ...question });
		const reply = await replied;
		waiting.delete(id);
		return reply;
	}
	async function call(event: ZapierEvent, onLog: (record: LogRecord) => void): Promise<Answer> {
		const { log, answer, error } = await ask({ event });
		for (const record of log) onLog(record);
		if (answer !== undefined) return answer;
		throw Object.assign(new Error(error?.message), error);
	}
	async function usageThere(): Promise<Usage> {
		const { usage } = await ask({});
		if (usage === undefined) throw new Error('The process of the built app does not know what it uses.');
		return usage;
	}
	return Object.assign(call, { runtime, usage: usageThere });
}

function firstMessage(child: ChildProcess): Promise<string> {
	return new Promise((resolve, reject) => {
		child.once('message', message => resolve(String(message)));
		child.once('exit', code => reject(new Error(`The built app ended with ${code} before it was called.`)));
	});
}
