import { ApiError } from '../api-error.ts';
import { isJsonObject } from '../body.ts';
import { type Credential, credentialOf } from '../credential.ts';
import { checkedTimeout } from '../deadline.ts';
import { environment } from '../environment.ts';
import { type CallOptions, createHttp, type HttpOptions, type HttpRequest } from '../http.ts';
import { pathOf } from '../path.ts';
import {
	type FinishedRun,
	type Run,
	runOf,
	type StartedRun,
	startedRun,
	type UnfinishedRun,
	waitedRun,
} from '../run.ts';
import type { ZoneSession } from './session.ts';
import { type WaitForOptions, waitForRun } from './wait-for-run.ts';

/** The platform documents the beginning of these alone; the rest is assumed, and can be set. */
export const ZONE_PATHS = {
	create: '/api/zones/agents/{agentId}/runs',
	createAndWait: '/api/zones/agents/{agentId}/runs/create-and-wait',
	get: '/api/zones/agents/{agentId}/runs/{runId}',
	credential: '/api/zones/agents/{agentId}/credentials/{integrationKey}',
} as const;

export type ZonePaths = Readonly<Record<keyof typeof ZONE_PATHS, string>>;

export interface ZoneClientOptions extends HttpOptions {
	/** The platform's origin (`PLATFORM_API_BASE_URL`). */
	readonly baseUrl: string;
	/** The session's. */
	readonly token: string;
	/** The session's, `claims.agentId`. */
	readonly agentId: number;
	readonly paths?: Partial<ZonePaths> | undefined;
}

export interface CreateRunInput {
	/** What the agent gets; a JSON object. Default `{}`. */
	readonly payload?: object;
}

export interface CreateAndWaitInput extends CreateRunInput {
	/**
	 * Milliseconds to wait, at most what the agent and the platform allow. On Node a wait of more than 270,000 needs a
	 * fetch that waits longer than 300 s for an answer.
	 */
	readonly timeoutMs?: number;
}

/** Calls the platform on behalf of whoever the session is. Every call throws `ApiError` on an answer other than 2xx. */
export interface ZoneClient {
	readonly runs: {
		/** Starts a run. Never sent twice by itself: the platform would start two. */
		create(input: CreateRunInput, options?: CallOptions): Promise<StartedRun>;
		/** Starts a run and waits for its end, or until the wait is over: `timedOut` says which. */
		createAndWait(input: CreateAndWaitInput, options?: CallOptions): Promise<FinishedRun | UnfinishedRun>;
		/** Reads a run. */
		get(runId: number, options?: CallOptions): Promise<Run>;
		/** Reads a run again and again until it is over, or the time is: `timedOut` says which. */
		waitFor(runId: number, options?: WaitForOptions): Promise<FinishedRun | UnfinishedRun>;
	};
	readonly credentials: {
		/** What opens the integration with this slug. */
		get(integrationKey: string, options?: CallOptions): Promise<Credential>;
	};
}

/** Longer than any platform is known to wait by itself. */
const LONGEST_PLATFORM_WAIT_MS = 240_000;

/**
 * A client of the agent's zone endpoints.
 *
 * @param from options, or a session: then `PLATFORM_API_BASE_URL` says where the platform is.
 * @throws {TypeError} for what could not work, before anything is sent.
 * @example
 * const cxpa = createZoneClient(await getSession());
 * const { runId } = await cxpa.runs.create({ payload: { topic: 'bees' } });
 */
export function createZoneClient(from: ZoneClientOptions | ZoneSession): ZoneClient {
	const { agentId, paths, ...options } = 'claims' in from ? optionsOf(from) : from;
	const http = createHttp(options.baseUrl, { name: 'token', value: options.token }, options);
	const path = (name: keyof ZonePaths, parts: Readonly<Record<string, string | number>> = {}) =>
		pathOf(paths?.[name] ?? ZONE_PATHS[name], { ...parts, agentId });
	path('create');

	const get = async (runId: number, options?: CallOptions) => {
		const request: HttpRequest = { method: 'GET', path: path('get', { runId }), repeatable: true };
		return runOf(await http.json(request, options), request);
	};
	return {
		runs: {
			async create({ payload }, options) {
				const body = { payload: checkedPayload(payload) };
				const request: HttpRequest = { method: 'POST', path: path('create'), body, repeatable: false };
				return startedRun(await http.json(request, options), request);
			},
			async createAndWait({ payload, timeoutMs }, options) {
				if (timeoutMs !== undefined) checkedTimeout('timeoutMs', timeoutMs);
				const request: HttpRequest = {
					method: 'POST',
					path: path('createAndWait'),
					body: { payload: checkedPayload(payload), ...(timeoutMs !== undefined && { timeoutMs }) },
					repeatable: false,
					waitMs: timeoutMs ?? LONGEST_PLATFORM_WAIT_MS,
				};
				return waitedRun(await http.json(request, options).catch(timedOutAnswer), request);
			},
			get,
			async waitFor(runId, options) {
				const run = { runId, path: path('get', { runId }), get: (call: CallOptions) => get(runId, call) };
				return waitForRun(run, options);
			},
		},
		credentials: {
			async get(integrationKey, options) {
				const request: HttpRequest = {
					method: 'GET',
					path: path('credential', { integrationKey }),
					repeatable: true,
				};
				return credentialOf(await http.json(request, options), request);
			},
		},
	};
}

function optionsOf({ token, claims }: ZoneSession): ZoneClientOptions {
	const baseUrl = environment('PLATFORM_API_BASE_URL');
	if (baseUrl === undefined) {
		throw new TypeError(
			'PLATFORM_API_BASE_URL is not set: where is the platform that the session belongs to?',
		);
	}
	return { baseUrl, token, agentId: claims.agentId };
}

/** A platform may tell the end of a wait by 504; from a gateway in between, it says nothing of the run. */
function timedOutAnswer(error: unknown): unknown {
	if (error instanceof ApiError && error.status === 504 && isJsonObject(error.body)) {
		if (error.body.timedOut === true) return error.body;
	}
	throw error;
}

function checkedPayload(payload: object = {}): object {
	if (isJsonObject(payload)) return payload;
	throw new TypeError('payload has to be a JSON object.');
}
