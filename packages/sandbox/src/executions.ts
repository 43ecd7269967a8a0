import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { PastTurn, Source, Usage } from './engine.ts';

export type ExecutionStatus = 'pending' | 'running' | 'completed' | 'failed' | 'timeout' | 'cancelled';
export type CallbackStatus = 'pending' | 'delivered' | 'failed';

/** One turn of an agent, whether it was streamed or dispatched to a trigger. Times are milliseconds since 1970. */
export interface RecordedExecution {
	readonly id: string;
	readonly agentId: string;
	readonly sessionId: string;
	/** `null` for a streamed turn. */
	readonly triggerId: string | null;
	/** What the agent was asked, exactly as it came. */
	readonly message: string;
	/** The whole request body that the message was taken from. */
	readonly input: unknown;
	readonly status: ExecutionStatus;
	readonly response: string | null;
	readonly sources: readonly Source[];
	/** The names of the tools that were called, each once. */
	readonly toolsUsed: readonly string[];
	readonly usage: Usage | null;
	readonly model: string;
	readonly error: ExecutionError | null;
	readonly createdAt: number;
	readonly startedAt: number | null;
	readonly completedAt: number | null;
	readonly callback: CallbackState | null;
}

export interface ExecutionError {
	readonly code: string;
	readonly message: string;
}

export interface CallbackState {
	readonly urlHost: string;
	readonly status: CallbackStatus;
	readonly attempts: number;
	/** The last HTTP status; `null` when no answer came. */
	readonly lastStatus: number | null;
}

export interface NewExecution {
	readonly agentId: string;
	readonly sessionId: string;
	readonly triggerId: string | null;
	readonly message: string;
	readonly input: unknown;
	readonly model: string;
	readonly callbackHost: string | null;
}

/** How a turn ended. */
export type ExecutionEnd =
	| {
			readonly status: 'completed';
			readonly response: string;
			readonly sources: readonly Source[];
			readonly toolsUsed: readonly string[];
			readonly usage: Usage;
	  }
	| { readonly status: 'failed' | 'timeout' | 'cancelled'; readonly error: ExecutionError };

/** More turns than a question has passages to continue with; older ones cannot matter to an engine. */
const MAX_HISTORY = 200;

type Statement = keyof typeof SQL;
const SQL = {
	add: `INSERT INTO executions (id, trigger_id, agent_id, session_id, status, message, input, model, created_at, callback_host)
		VALUES (?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?)`,
	get: 'SELECT * FROM executions WHERE id = ?',
	all: 'SELECT * FROM executions ORDER BY seq',
	page: 'SELECT * FROM executions WHERE trigger_id = ? ORDER BY seq DESC LIMIT ? OFFSET ?',
	count: 'SELECT count(*) AS n FROM executions WHERE trigger_id = ?',
	history: `SELECT * FROM executions WHERE session_id = ? AND status NOT IN ('pending', 'running')
		ORDER BY seq DESC LIMIT ${MAX_HISTORY}`,
	begin: `UPDATE executions SET status = 'running', started_at = ? WHERE id = ? AND status = 'pending'`,
	finish: `UPDATE executions SET status = ?, response = ?, sources = ?, tools_used = ?, input_tokens = ?, output_tokens = ?,
		error_code = ?, error_message = ?, completed_at = ?,
		callback_status = CASE WHEN callback_host IS NULL THEN NULL ELSE 'pending' END
		WHERE id = ? AND status IN ('pending', 'running')`,
	callback: `UPDATE executions SET callback_status = ?, callback_attempts = ?, callback_last_status = ? WHERE id = ?`,
	abandon: `UPDATE executions SET status = 'failed', error_code = 'SANDBOX_STOPPED',
		error_message = 'The sandbox stopped before this execution was finished.', completed_at = ?
		WHERE status IN ('pending', 'running')`,
	abandonCallbacks: `UPDATE executions SET callback_status = 'failed' WHERE callback_status = 'pending'`,
} as const;

/** The one record of what agents were asked and what came of it. */
export class Executions {
	readonly #statements: Record<Statement, StatementSync>;

	constructor(database: DatabaseSync) {
		const names = Object.keys(SQL) as Statement[];
		const prepared = names.map(name => [name, database.prepare(SQL[name])]);
		this.#statements = Object.fromEntries(prepared);
		// Nothing can be running in a database that was just opened: these were cut off by the last stop.
		this.#statements.abandon.run(Date.now());
		this.#statements.abandonCallbacks.run();
	}

	add(execution: NewExecution): string {
		const id = randomUUID();
		const { triggerId, agentId, sessionId, message, input, model, callbackHost } = execution;
		const [messageJson, inputJson] = [JSON.stringify(message), JSON.stringify(input)];
		this.#statements.add.run(
			id,
			triggerId,
			agentId,
			sessionId,
			messageJson,
			inputJson,
			model,
			Date.now(),
			callbackHost,
		);
		return id;
	}

	begin(id: string): void {
		this.#statements.begin.run(Date.now(), id);
	}

	/** The first ending counts; later ones change nothing. */
	finish(id: string, end: ExecutionEnd): void {
		const answer = end.status === 'completed' ? end : undefined;
		const error = end.status === 'completed' ? undefined : end.error;
		this.#statements.finish.run(
			end.status,
			answer ? JSON.stringify(answer.response) : null,
			JSON.stringify(answer?.sources ?? []),
			JSON.stringify(answer?.toolsUsed ?? []),
			answer?.usage.inputTokens ?? null,
			answer?.usage.outputTokens ?? null,
			error?.code ?? null,
			error?.message ?? null,
			Date.now(),
			id,
		);
	}

	recordCallback(id: string, status: CallbackStatus, attempts: number, lastStatus: number | null): void {
		this.#statements.callback.run(status, attempts, lastStatus, id);
	}

	get(id: string): RecordedExecution | undefined {
		const row = this.#statements.get.get(id);
		return row && fromRow(row);
	}

	/** Oldest first. */
	all(): RecordedExecution[] {
		return this.#statements.all.all().map(fromRow);
	}

	/** Newest first. */
	ofTrigger(triggerId: string, limit: number, offset: number): RecordedExecution[] {
		return this.#statements.page.all(triggerId, limit, offset).map(fromRow);
	}

	countOfTrigger(triggerId: string): number {
		return Number(this.#statements.count.get(triggerId)?.n);
	}

	/** Oldest first. */
	history(sessionId: string): PastTurn[] {
		return this.#statements.history.all(sessionId).map(fromRow).reverse();
	}
}

type Row = Record<string, SQLOutputValue>;

function fromRow(row: Row): RecordedExecution {
	return {
		id: String(row.id),
		agentId: String(row.agent_id),
		sessionId: String(row.session_id),
		triggerId: row.trigger_id === null ? null : String(row.trigger_id),
		message: JSON.parse(String(row.message)),
		input: JSON.parse(String(row.input)),
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
	if (row.callback_host === null) return null;
	return {
		urlHost: String(row.callback_host),
		status: row.callback_status === null ? 'pending' : (row.callback_status as CallbackStatus),
		attempts: Number(row.callback_attempts),
		lastStatus: row.callback_last_status === null ? null : Number(row.callback_last_status),
	};
}
