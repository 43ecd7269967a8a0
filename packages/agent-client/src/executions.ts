import type { CallOptions } from './call.ts';
import { configError, protocolError, ZihinAgentError } from './errors.ts';
import {
	type Execution,
	type ExecutionStatus,
	executionFields,
	hasEnded,
	readOutput,
	readStatus,
} from './execution-record.ts';
import { withDetails } from './failures.ts';
import { allPages } from './pages.ts';
import type { Transport } from './transport.ts';
import { webhookPath } from './triggers.ts';
import { pathSegment } from './urls.ts';
import { deepFreeze, isRecord, type JsonRecord, readRecord, readText, type Usage } from './wire.ts';

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
			if (hasEnded(execution)) return execution;
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
	const fields = executionFields(isRecord(data) ? data : {});
	const { status, executionId = asked.executionId, triggerId = asked.triggerId } = fields;
	if (status === undefined || executionId === undefined) {
		throw protocolError('The answer holds no execution.', { effect: 'none' });
	}
	return deepFreeze({ ...fields, executionId, triggerId, status });
}

function unwrap(body: unknown): JsonRecord {
	if (!isRecord(body)) throw protocolError('The answer is not a JSON object.');
	return readRecord(body, 'data') ?? body;
}
