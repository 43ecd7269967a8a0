import type { SQLOutputValue } from 'node:sqlite';
import type { CallbackState, CallbackStatus, ExecutionStatus, RecordedExecution } from './executions.ts';

type Row = Record<string, SQLOutputValue>;

/** An execution as it stands in the database, with the state of its callback beside it. */
export const EXECUTION_ROWS = `SELECT executions.*, receiver, callbacks.status AS callback_status, attempts, last_status
	FROM executions LEFT JOIN callbacks ON callbacks.execution_id = executions.id`;

export function executionOf(row: Row): RecordedExecution {
	return {
		id: String(row.id),
		agentId: String(row.agent_id),
		sessionId: String(row.session_id),
		triggerId: row.trigger_id === null ? null : String(row.trigger_id),
		message: JSON.parse(String(row.message)),
		input: JSON.parse(String(row.input)),
		context: JSON.parse(String(row.context)),
		status: row.status as ExecutionStatus,
		response: row.response === null ? null : JSON.parse(String(row.response)),
		sources: JSON.parse(String(row.sources)),
		toolsUsed: JSON.parse(String(row.tools_used)),
		usage:
			row.input_tokens === null
				? null
				: { inputTokens: Number(row.input_tokens), outputTokens: Number(row.output_tokens) },
		model: String(row.model),
		error:
			row.error_code === null ? null : { code: String(row.error_code), message: String(row.error_message) },
		createdAt: Number(row.created_at),
		startedAt: row.started_at === null ? null : Number(row.started_at),
		completedAt: row.completed_at === null ? null : Number(row.completed_at),
		callback: callbackOf(row),
	};
}

function callbackOf(row: Row): CallbackState | null {
	if (row.receiver === null) return null;
	return {
		urlHost: String(row.receiver),
		// To a reader of the execution it is one thing to wait for the result and for the delivery.
		status: row.callback_status === 'waiting' ? 'pending' : (row.callback_status as CallbackStatus),
		attempts: Number(row.attempts),
		lastStatus: row.last_status === null ? null : Number(row.last_status),
	};
}
