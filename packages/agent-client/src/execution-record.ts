import {
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

/** The states that a run does not leave. */
const TERMINAL = new Set<ExecutionStatus>(['completed', 'failed', 'timeout', 'cancelled', 'skipped']);

/** Whether a run has come to its end, however it ended: look at its `status`. */
export function hasEnded({ status }: Pick<Execution, 'status'>): boolean {
	return TERMINAL.has(status);
}

/** What a record says of a run: as it is read, and as a callback brings it. */
export function executionFields(record: JsonRecord) {
	const error = readRecord(record, 'error');
	return present({
		executionId: readText(record, 'id', 'execution_id'),
		triggerId: readText(record, 'trigger_id'),
		status: readStatus(record),
		...readOutput(record),
		agentId: readText(record, 'agent_id'),
		error: error && present({ code: readText(error, 'code'), message: readText(error, 'message') }),
		createdAt: readText(record, 'created_at'),
		completedAt: readText(record, 'completed_at'),
		durationMs: readNumber(record, 'duration_ms'),
	});
}

/** Other words that have been seen for the same states. */
const SYNONYMS: Readonly<Record<string, ExecutionStatus>> = {
	success: 'completed',
	succeeded: 'completed',
	error: 'failed',
	timed_out: 'timeout',
	canceled: 'cancelled',
};

export function readStatus(data: JsonRecord): ExecutionStatus | undefined {
	const status = readText(data, 'status')?.toLowerCase();
	if (status === undefined) return undefined;
	return Object.hasOwn(SYNONYMS, status) ? SYNONYMS[status] : status;
}

/** The part of an answer that is the agent's: at its root from a dispatch, in `output` from an execution. */
export function readOutput(data: JsonRecord) {
	const output = readRecord(data, 'output') ?? data;
	const response = readRecord(output, 'response') ?? {};
	return present({
		sessionId: readText(data, 'session_id'),
		content:
			readText(output, 'response', 'content') ?? readText(response, 'content') ?? readText(data, 'output'),
		model: readText(data, 'model'),
		usage: readUsage(readRecord(data, 'usage')),
		sources: readList(output, 'sources'),
	});
}
