import type { DatabaseSync } from 'node:sqlite';
import { openAgents } from './agents-file/agent-set.ts';
import { createApp } from './app.ts';
import { Background } from './background.ts';
import { DEFAULT_MAX_BODY_BYTES } from './body.ts';
import { type CallbackAttempt, CallbackOutbox } from './callback-outbox.ts';
import { type CallbackOptions, Callbacks } from './callbacks.ts';
import { Activity } from './console/activity.ts';
import { openDatabase } from './database.ts';
import { DispatchedRuns } from './dispatched-runs.ts';
import { Executions, type RecordedExecution } from './executions.ts';
import { FaultRegistry } from './faults/registry.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { importDatabase } from './import-database.ts';
import { ProcessLease } from './process-lease.ts';
import { type ProfileName, profileNamed } from './profile.ts';
import { DEFAULT_RATE_LIMIT_PER_MINUTE } from './rate-limit.ts';
import { SANDBOX_KEYS } from './seed.ts';
import { serve } from './server.ts';
import { Sessions } from './sessions.ts';
import { SandboxSetupError } from './setup-error.ts';
import { Triggers } from './triggers.ts';
import type { ZoneLimits } from './zone/run-starter.ts';
import { Visitors } from './zone/visitors.ts';
import { zoneAppsOf } from './zone/zone-proxy.ts';
import { zoneUpgrade } from './zone/zone-upgrade.ts';
import { zonesOf } from './zone/zones.ts';

export const DEFAULT_PORT = 8787;
const DEFAULT_TOKEN_DELAY_MS = 2;
const MAX_TOKEN_DELAY_MS = 60_000;
const MAX_RATE_LIMIT_PER_MINUTE = 1_000_000;
const MAX_SPEED = 1_000_000;
/** An engine that ignores its signal must not keep the process: what it was asked is recorded as stopped by then. */
const STOP_GRACE_MS = 3_000;

export interface SandboxOptions {
	/** Default 8787; 0 takes any free one. */
	readonly port?: number;
	/** A YAML file that declares the agents. Default: the Librarian and ten scripted agents. */
	readonly agents?: string;
	/** Markdown files and folders that the Librarian searches. Default: this project's own README and docs. */
	readonly library?: readonly string[];
	/** How many times as fast as written scripted agents act; their time limits pass as fast. Default 1. */
	readonly speed?: number;
	/** Milliseconds between the comments that keep a silent stream alive. Default 15 seconds. */
	readonly keepAliveMs?: number;
	/** Where to keep sessions, triggers and executions. Default: in memory, gone with the process. */
	readonly database?: string;
	/** A file that `--export` wrote, to begin with; the database has to be empty. */
	readonly importFrom?: string;
	/** Milliseconds before each token of an answer. Default 2. */
	readonly tokenDelayMs?: number;
	/** The biggest request body, in bytes. Default 1 MiB; attachments sent as data URIs may need more. */
	readonly maxBodyBytes?: number;
	/** `bare` drops what the vendor does not document, and speaks the older wire. Default `full`. */
	readonly profile?: ProfileName;
	/** Requests a minute for each key. Default 6000. */
	readonly rateLimitPerMinute?: number;
	/** How long runs of cxpa, and calls that wait for them, may take. */
	readonly zoneLimits?: ZoneLimits;
	/** Where zone apps run, by the slug of their agent: they are served at `/acme/<slug>/app`. */
	readonly zoneApps?: Readonly<Record<string, string>>;
	/** How results are sent to the callbacks of asynchronous triggers. */
	readonly callbacks?: CallbackOptions;
}

export interface Sandbox {
	/** The base URL, `http://127.0.0.1:<port>`. */
	readonly url: string;
	/** One API key per role; the same in every sandbox. */
	readonly keys: typeof SANDBOX_KEYS;
	/** The first agent's. */
	readonly agentId: string;
	readonly library: {
		readonly files: number;
		readonly passages: number;
		readonly warnings: readonly string[];
	};
	/** Everything that agents were asked, oldest first. */
	executions(): readonly RecordedExecution[];
	/** The attempts to deliver an execution's callback, oldest first; the last 50. */
	callbackAttempts(executionId: string): readonly CallbackAttempt[];
	/** Sends an execution's callback again, whatever became of it. False when there is nothing to send. */
	resendCallback(executionId: string): boolean;
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
	const speed = options.speed ?? 1;
	if (!(speed > 0 && speed <= MAX_SPEED)) {
		throw new SandboxSetupError(`The speed has to be a number above 0, ${MAX_SPEED} at most.`);
	}
	const { agents, library, ...libraries } = openAgents({
		file: options.agents,
		library: options.library,
		tokenDelayMs,
		speed,
	});
	const zones = zonesOf(agents);
	const zoneApps = zoneAppsOf(zones, options.zoneApps ?? {});
	const visitors = new Visitors();
	const database = openStorage(options);
	const lease = new ProcessLease(database);
	const faults = new FaultRegistry();
	const activity = new Activity(faults);
	const outbox = new CallbackOutbox(database, lease.id, id => activity.callbackChanged(id));
	const executions = new Executions(database, outbox, lease.id);
	const background = new Background();
	const callbacks = new Callbacks(executions, outbox, background, profile, options.callbacks ?? {});
	const runs = new DispatchedRuns({
		database,
		lease,
		agents,
		executions,
		outbox,
		callbacks,
		background,
		activity,
	});
	const app = createApp({
		database,
		agents,
		sessions: new Sessions(database),
		triggers: new Triggers(database),
		executions,
		idempotencyKeys: new IdempotencyKeys(database),
		runs,
		outbox,
		callbacks,
		background,
		profile,
		rateLimitPerMinute,
		faults,
		activity,
		...(options.keepAliveMs !== undefined && { keepAliveMs: options.keepAliveMs }),
		maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
		...(options.zoneLimits && { zoneLimits: options.zoneLimits }),
		zones,
		zoneApps,
		visitors,
	});
	const onUpgrade = zoneApps.length > 0 ? zoneUpgrade(zoneApps, visitors) : undefined;
	const server = await serve(app, port, onUpgrade).catch((error: unknown) => {
		database.close();
		throw error;
	});
	runs.start();

	libraries.watch();

	let closing: Promise<void> | undefined;
	const close = async () => {
		const lastConnection = server.stopListening();
		// The work before its connections, so that it is recorded as stopped and not as left by its callers.
		await background.stop(STOP_GRACE_MS);
		runs.end();
		server.dropConnections();
		await lastConnection;
		database.close();
		libraries.close();
	};
	return {
		url: `http://127.0.0.1:${server.port}`,
		keys: SANDBOX_KEYS,
		agentId: agents[0].id,
		library,
		executions: () => executions.all(),
		callbackAttempts: executionId => callbacks.attempts(executionId),
		resendCallback: executionId => callbacks.resend(executionId),
		close: () => {
			closing ??= close();
			return closing;
		},
	};
}

function openStorage({ database: file, importFrom }: SandboxOptions): DatabaseSync {
	const database = openDatabase(file);
	try {
		if (importFrom !== undefined) importDatabase(database, importFrom);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

function wholeNumber(what: string, value: number, max: number): number {
	if (Number.isInteger(value) && value >= 0 && value <= max) return value;
	throw new SandboxSetupError(`The ${what} has to be a whole number from 0 to ${max}.`);
}
