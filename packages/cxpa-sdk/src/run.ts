import { isJsonObject } from './body.ts';
import { type HttpRequest, protocolError } from './http.ts';

/** `completed`, `failed` and `cancelled` are terminal. A status that is not known here is not. */
export type RunStatus =
	| 'queued'
	| 'running'
	| 'waiting'
	| 'completed'
	| 'failed'
	| 'cancelled'
	| (string & Record<never, never>);

/** A run as the platform stores it. Only status, output and error are sure to be there; other columns pass through. */
export interface Run<Output = Record<string, unknown>> {
	readonly status: RunStatus;
	/** What the agent returned; `null` while there is nothing. */
	readonly output_data: Output | null;
	/** Why it failed; `null` when it did not. */
	readonly error: string | null;
	readonly id?: number;
	readonly agent_id?: number;
	readonly org_id?: string;
	readonly input_data?: Record<string, unknown> | null;
	/** How many units of output it made. */
	readonly outputs?: number | null;
	readonly metadata?: Record<string, unknown> | null;
	readonly created_by?: string | null;
	readonly external_run_id?: string | null;
	readonly created_at?: string;
	readonly started_at?: string | null;
	readonly completed_at?: string | null;
	readonly duration_ms?: number | null;
	readonly [column: string]: unknown;
}

/** A run that was begun. */
export interface StartedRun {
	readonly runId: number;
	readonly status?: RunStatus;
	readonly [field: string]: unknown;
}

/** A run that came to its end while somebody waited: completed, failed or cancelled. */
export type FinishedRun = Run & { readonly timedOut: false; readonly runId: number };

/** The wait ended before the run did. It goes on: read it later. */
export interface UnfinishedRun {
	readonly timedOut: true;
	readonly runId: number;
	readonly status?: RunStatus;
}

const TERMINAL: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/** Whether a run with this status is over. */
export function isTerminal(status: RunStatus): boolean {
	return TERMINAL.has(status);
}

export function startedRun(answer: unknown, request: HttpRequest): StartedRun {
	return { ...record(answer, request), runId: runIdOf(answer, request) };
}

/** @param answer a row, or a row under `run`. */
export function runOf(answer: unknown, request: HttpRequest): Run {
	const outer = record(answer, request);
	const row = outer.status === undefined && isJsonObject(outer.run) ? outer.run : outer;
	const { status, output_data = null, error = null } = row;
	if (typeof status !== 'string') throw protocolError('has no status', request);
	if (output_data !== null && !isJsonObject(output_data)) {
		throw protocolError('has an output_data that is no object', request);
	}
	if (error !== null && typeof error !== 'string')
		throw protocolError('has an error that is no text', request);
	return { ...row, status, output_data, error };
}

export function waitedRun(answer: unknown, request: HttpRequest): FinishedRun | UnfinishedRun {
	const said = record(answer, request);
	const runId = runIdOf(said, request);
	if (said.timedOut !== true) return { ...runOf(said, request), timedOut: false, runId };
	return { timedOut: true, runId, ...(typeof said.status === 'string' && { status: said.status }) };
}

function runIdOf(answer: unknown, request: HttpRequest): number {
	const { runId, id } = record(answer, request);
	const found = runId ?? id;
	if (typeof found === 'number' && Number.isSafeInteger(found)) return found;
	throw protocolError('has no runId', request);
}

function record(answer: unknown, request: HttpRequest): Readonly<Record<string, unknown>> {
	if (isJsonObject(answer)) return answer;
	throw protocolError('is no JSON object', request);
}
