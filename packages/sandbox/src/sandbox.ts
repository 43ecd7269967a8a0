import { librarian } from './agents.ts';
import { createApp } from './app.ts';
import { Background } from './background.ts';
import { DEFAULT_MAX_BODY_BYTES } from './body.ts';
import { Callbacks, DEFAULT_CALLBACK_RETRY_DELAYS_MS } from './callbacks.ts';
import { openDatabase } from './database.ts';
import { Executions, type RecordedExecution } from './executions.ts';
import { FaultRegistry } from './faults/registry.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { libraryEngine } from './library/engine.ts';
import { openLibrary } from './library/library.ts';
import { type ProfileName, profileNamed } from './profile.ts';
import { DEFAULT_RATE_LIMIT_PER_MINUTE } from './rate-limit.ts';
import { SANDBOX_AGENT_ID, SANDBOX_KEYS } from './seed.ts';
import { serve } from './server.ts';
import { Sessions } from './sessions.ts';
import { SandboxSetupError } from './setup-error.ts';
import { Triggers } from './triggers.ts';

export const DEFAULT_PORT = 8787;
const DEFAULT_TOKEN_DELAY_MS = 2;
const MAX_TOKEN_DELAY_MS = 60_000;
const MAX_RATE_LIMIT_PER_MINUTE = 1_000_000;

export interface SandboxOptions {
	/** Default 8787; 0 takes any free one. */
	readonly port?: number;
	/** Markdown files and folders. Default: this project's own README and docs. */
	readonly library?: readonly string[];
	/** Where to keep sessions, triggers and executions. Default: in memory, gone with the process. */
	readonly database?: string;
	/** Milliseconds before each token of an answer. Default 2. */
	readonly tokenDelayMs?: number;
	/** The biggest request body, in bytes. Default 1 MiB; attachments sent as data URIs may need more. */
	readonly maxBodyBytes?: number;
	/** Milliseconds before each repetition of a failed callback. Default 1, 5 and 25 seconds. */
	readonly callbackRetryDelaysMs?: readonly number[];
	/** `bare` drops what the vendor does not document, and speaks the older wire. Default `full`. */
	readonly profile?: ProfileName;
	/** Requests a minute for each key. Default 6000. */
	readonly rateLimitPerMinute?: number;
}

export interface Sandbox {
	/** The base URL, `http://127.0.0.1:<port>`. */
	readonly url: string;
	/** One API key per role; the same in every sandbox. */
	readonly keys: typeof SANDBOX_KEYS;
	readonly agentId: string;
	readonly library: {
		readonly files: number;
		readonly passages: number;
		readonly warnings: readonly string[];
	};
	/** Everything that agents were asked, oldest first. */
	executions(): readonly RecordedExecution[];
	/** Ends streams, runs and callbacks, then frees the port and the database. May be called twice. */
	close(): Promise<void>;
}

/**
 * Starts the platform's wire on this machine.
 *
 * @throws {SandboxSetupError} in one sentence, before anything listens: a port in use, a library that cannot
 * be read, a database that is not the sandbox's.
 * @example
 * const sandbox = await startSandbox({ port: 0, library: ['docs'] });
 * await fetch(`${sandbox.url}/api/v2/agents`, { headers: { 'X-Api-Key': sandbox.keys.member } });
 * await sandbox.close();
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const port = wholeNumber('port', options.port ?? DEFAULT_PORT, 65_535);
	const tokenDelayMs = wholeNumber(
		'token delay',
		options.tokenDelayMs ?? DEFAULT_TOKEN_DELAY_MS,
		MAX_TOKEN_DELAY_MS,
	);
	const rateLimitPerMinute = wholeNumber(
		'rate limit',
		options.rateLimitPerMinute ?? DEFAULT_RATE_LIMIT_PER_MINUTE,
		MAX_RATE_LIMIT_PER_MINUTE,
	);
	const profile = profileNamed(options.profile ?? 'full');
	const library = openLibrary(options.library);
	const agents = [librarian(libraryEngine(library.index, tokenDelayMs))];
	const database = openDatabase(options.database);
	const executions = new Executions(database);
	const background = new Background();
	const app = createApp({
		database,
		agents,
		sessions: new Sessions(database),
		triggers: new Triggers(database),
		executions,
		idempotencyKeys: new IdempotencyKeys(database),
		callbacks: new Callbacks(
			executions,
			background,
			options.callbackRetryDelaysMs ?? DEFAULT_CALLBACK_RETRY_DELAYS_MS,
		),
		background,
		profile,
		rateLimitPerMinute,
		faults: new FaultRegistry(),
		maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
	});
	const server = await serve(app, port).catch((error: unknown) => {
		database.close();
		throw error;
	});

	let closing: Promise<void> | undefined;
	const close = async () => {
		const lastConnection = server.stopListening();
		// The work before its connections, so that it is recorded as stopped and not as left by its callers.
		await background.stop();
		server.dropConnections();
		await lastConnection;
		database.close();
	};
	return {
		url: `http://127.0.0.1:${server.port}`,
		keys: SANDBOX_KEYS,
		agentId: SANDBOX_AGENT_ID,
		library: { files: library.files, passages: library.passages, warnings: library.warnings },
		executions: () => executions.all(),
		close: () => {
			closing ??= close();
			return closing;
		},
	};
}

function wholeNumber(what: string, value: number, max: number): number {
	if (Number.isInteger(value) && value >= 0 && value <= max) return value;
	throw new SandboxSetupError(`The ${what} has to be a whole number from 0 to ${max}.`);
}
