import { protocolError } from '../http.ts';
import { type RunStatus, type StartedRun, startedRun } from '../run.ts';
import { type AgentCall, httpOf, runRequest } from './agent-call.ts';

/** A run that somebody else started, by the name that it has there. */
export interface RegisterRunInput extends AgentCall {
	/** 1 to 255 characters. The same one again is the same run. */
	readonly externalRunId: string;
	readonly input?: object | undefined;
	readonly metadata?: object | undefined;
	readonly userId?: string | undefined;
}

export interface RegisteredRun extends StartedRun {
	/** Opens the credentials of the agent for this run. */
	readonly credentialsToken: string;
	readonly expiresInSeconds: number;
}

/** What became of a run that the platform does not manage. */
export interface IngestRunInput extends AgentCall {
	/** 1 to 255 characters. The same one again is the same run. */
	readonly externalRunId: string;
	readonly status: RunStatus;
	/** ISO 8601, as is `completedAt`. */
	readonly startedAt?: string | undefined;
	readonly completedAt?: string | undefined;
	readonly durationMs?: number | undefined;
	readonly output?: object | undefined;
	/** How many units of output it made. */
	readonly outputs?: number | undefined;
	/** 4,096 characters at most. */
	readonly error?: string | undefined;
	readonly metadata?: object | undefined;
	/** Counts in the first call for a run. */
	readonly userId?: string | undefined;
}

/** Tells the platform of a run that has begun. Repeating it changes nothing. */
export async function registerRun(call: RegisterRunInput): Promise<RegisteredRun> {
	const { externalRunId, input, metadata, userId } = call;
	const body = { externalRunId, input, metadata, userId };
	const request = runRequest(call, 'register', { body, repeatable: true });
	const answer = startedRun(await httpOf(call).json(request, call), request);
	const { credentialsToken, expiresInSeconds } = answer;
	if (typeof credentialsToken !== 'string' || typeof expiresInSeconds !== 'number') {
		throw protocolError('has no credentialsToken', request);
	}
	return { ...answer, credentialsToken, expiresInSeconds };
}

/**
 * Tells the platform where a run of its own is. Repeating it changes nothing.
 * @throws {ApiError} 409 when the run is further than that already.
 */
export async function ingestRun(call: IngestRunInput): Promise<StartedRun> {
	const { externalRunId, status, startedAt, completedAt, durationMs } = call;
	const { output, outputs, error, metadata, userId } = call;
	const times = { startedAt, completedAt, durationMs };
	const body = { externalRunId, status, ...times, output, outputs, error, metadata, userId };
	const request = runRequest(call, 'ingest', { body, repeatable: true });
	return startedRun(await httpOf(call).json(request, call), request);
}
