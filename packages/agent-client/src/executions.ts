import type { CallOptions } from './call.ts';
import { configError, protocolError, ZihinAgentError } from './errors.ts';
import { withDetails } from './failures.ts';
import { allPages } from './pages.ts';
import type { Transport } from './transport.ts';
import { webhookPath } from './triggers.ts';
import { pathSegment } from './urls.ts';
import {
	deepFreeze,
	isRecord,
	type JsonRecord,
	present,
	readList,
	readNumber,
	readRecord,
	readText,
	readUsage,
	type Usage,
} from './wire.ts';

/** Where a run stands. A status that this version does not know is passed on as it came. */
export type ExecutionStatus =
	| 'pending'
	| 'running'
	| 'completed'
	| 'failed'
	| 'timeout'
	| 'cancelled'
	| 'skipped'
	| (string & {});

/** A run that was dispatched to a trigger. */
export interface Execution {
	readonly executionId: string;
	readonly triggerId: string;
	readonly agentId?: string;
	readonly sessionId?: string;
	readonly status: ExecutionStatus;
	/** The final text, once completed. */
	readonly content?: string;
	readonly model?: string;
	readonly usage?: Usage;
	readonly sources?: readonly unknown[];
	/** Why it did not complete. */
	readonly error?: { readonly code?: string; readonly message?: string };
	/** ISO 8601. */
	readonly createdAt?: string;
	readonly completedAt?: string;
	readonly durationMs?: number;
}

/** Parameters of `dispatchAgent`. */
export interface DispatchAgentParams extends CallOptions {
	readonly triggerId: string;
	/** `message` is what the agent is asked; other fields become the webhook's context. */
	readonly payload: { readonly message: string; readonly [field: string]: unknown };
	/** Sent as `Idempotency-Key`. The vendor does not document it for this call: nothing may rest on it. */
	readonly idempotencyKey?: string | undefined;
}

/** What a dispatch answered: the beginning of a run, or with a sync trigger its result. */
export interface DispatchResult {
	/** Empty where a sync trigger's answer names none. */
	readonly executionId: string;
	readonly status: ExecutionStatus;
	readonly sessionId?: string;
	/** The final text, from a sync trigger. */
	readonly content?: string;
	readonly usage?: Usage;
	readonly sources?: readonly unknown[];
}

/**
 * Dispatches to a trigger: `POST /api/triggers/webhook/{id}`. An async trigger answers 202 and its result comes
 * to the callback or by {@link getExecution}; a sync one answers 200 with the result.
 */
export async function dispatchAgent(
	transport: Transport,
	params: DispatchAgentParams,
): Promise<DispatchResult> {
	const path = webhookPath(params.triggerId);
	if (!isRecord(params.payload)) throw configError('payload must be an object, such as { message: "…" }.');
	const { status, body } = await transport.json({
		method: 'POST',
		path,
		class: 'side-effect',
		body: params.payload,
		idempotencyKey: params.idempotencyKey,
	});
	const data = unwrap(body);
	const executionId = readText(data, 'execution_id', 'executionId', 'id');
	if (executionId === undefined && status === 202) {
		throw protocolError('The dispatch was accepted, but the answer names no execution.', { status });
	}
	return deepFreeze({
		executionId: executionId ?? '',
		status: readStatus(data) ?? (status === 202 ? 'pending' : 'completed'),
		...readOutput(data),
	});
}

/** Parameters of `listExecutions`. */
export interface ListExecutionsParams extends CallOptions {
	readonly triggerId: string;
	/** The most that are returned. Default: all. */
	readonly limit?: number | undefined;
}

/** Lists a trigger's runs, newest first: `GET /api/triggers/{id}/executions`. Needs an admin or editor key. */
export async function listExecutions(
	transport: Transport,
	params: ListExecutionsParams,
): Promise<readonly Execution[]> {
	const { triggerId, limit = Number.POSITIVE_INFINITY } = params;
	const path = `/api/triggers/${pathSegment(triggerId, 'triggerId')}/executions`;
	if (typeof limit !== 'number' || !(limit >= 1)) throw configError('limit must be a number, 1 or more.');
	return allPages(transport, path, item => readExecution(item, { triggerId }), limit);
}

/** Parameters of `getExecution` and `waitForExecution`. */
export interface GetExecutionParams extends CallOptions {
	readonly triggerId: string;
	readonly executionId: string;
}

/** Reads a run: `GET /api/triggers/{id}/executions/{id}`. Needs an admin or editor key. */
export async function getExecution(transport: Transport, params: GetExecutionParams): Promise<Execution> {
	const trigger = pathSegment(params.triggerId, 'triggerId');
	const execution = pathSegment(params.executionId, 'executionId');
	const path = `/api/triggers/${trigger}/executions/${execution}`;
	const { body } = await transport.json({ method: 'GET', path, class: 'read' });
	return readExecution(unwrap(body), params);
}

/** The states that a run does not leave. */
const TERMINAL = new Set<ExecutionStatus>(['completed', 'failed', 'timeout', 'cancelled', 'skipped']);
const FIRST_POLL_MS = 1000;
const LONGEST_POLL_MS = 5000;

/**
 * Reads a run until it has ended, first after 1 s, then less often, at most every 5 s. It resolves however the
 * run ended: look at `status`.
 * @throws {ZihinAgentError} kind `timeout` when the run outlasts the call's `timeoutMs`; the run goes on
 */
export async function waitForExecution(transport: Transport, params: GetExecutionParams): Promise<Execution> {
	try {
		for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LONGEST_POLL_MS, pollMs * 1.5)) {
			const execution = await getExecution(transport, params);
			if (TERMINAL.has(execution.status)) return execution;
			await transport.sleep(pollMs);
		}
	} catch (cause) {
		if (!ZihinAgentError.is(cause)) throw cause;
		throw withDetails(cause, { executionId: params.executionId, effect: 'none' });
	}
}

function readExecution(
	data: unknown,
	asked: { readonly triggerId: string; readonly executionId?: string },
): Execution {
	const record = isRecord(data) ? data : {};
	const status = readStatus(record);
	const executionId = readText(record, 'id', 'execution_id') ?? asked.executionId;
	if (status === undefined || executionId === undefined) {
		throw protocolError('The answer holds no execution.', { effect: 'none' });
	}
	const error = readRecord(record, 'error');
	return deepFreeze({
		executionId,
		triggerId: readText(record, 'trigger_id') ?? asked.triggerId,
		status,
		...readOutput(record),
		...present({
			agentId: readText(record, 'agent_id'),
			error: error && present({ code: readText(error, 'code'), message: readText(error, 'message') }),
			createdAt: readText(record, 'created_at'),
			completedAt: readText(record, 'completed_at'),
			durationMs: readNumber(record, 'duration_ms'),
		}),
	});
}

function unwrap(body: unknown): JsonRecord {
	if (!isRecord(body)) throw protocolError('The answer is not a JSON object.');
	return readRecord(body, 'data') ?? body;
}

/** Other words that have been seen for the same states. */
const SYNONYMS: Readonly<Record<string, ExecutionStatus>> = {
	success: 'completed',
	succeeded: 'completed',
	error: 'failed',
	timed_out: 'timeout',
	canceled: 'cancelled',
};

function readStatus(data: JsonRecord): ExecutionStatus | undefined {
	const status = readText(data, 'status')?.toLowerCase();
	if (status === undefined) return undefined;
	return Object.hasOwn(SYNONYMS, status) ? SYNONYMS[status] : status;
}

/** The part of an answer that is the agent's: at its root from a dispatch, in `output` from an execution. */
function readOutput(data: JsonRecord) {
	const output = readRecord(data, 'output') ?? data;
	return present({
		sessionId: readText(data, 'session_id'),
		content: readText(output, 'response', 'content') ?? readText(data, 'output'),
		model: readText(data, 'model'),
		usage: readUsage(readRecord(data, 'usage')),
		sources: readList(output, 'sources'),
	});
}
