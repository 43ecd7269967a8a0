import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CallbackOutbox, CallbackTarget } from './callback-outbox.ts';
import { transaction } from './database.ts';
import type { PastTurn, Source, Usage } from './engine.ts';
import { EXECUTION_ROWS, executionOf } from './execution-row.ts';
import { prepareAll } from './statements.ts';

export type ExecutionStatus = 'pending' | 'running' | 'completed' | 'failed' | 'timeout' | 'cancelled';
export type CallbackStatus = 'pending' | 'delivered' | 'failed';

/** One turn of an agent, whether it was streamed or dispatched to a trigger. Times are milliseconds since 1970. */
export interface RecordedExecution {
	readonly id: string;
	readonly agentId: string;
	readonly sessionId: string;
	/** `null` for a streamed turn. */
	readonly triggerId: string | null;
	/** Named values that its trigger found in the body. */
	readonly context: Readonly<Record<string, unknown>>;
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
	readonly context?: Readonly<Record<string, unknown>>;
	readonly model: string;
	/** Whether its turn begins in the same moment. Else it is begun later. */
	readonly begins?: boolean;
	/** For a run that is answered with a 202: it is begun by whichever process is there. */
	readonly accepted?: { readonly deadlineMs: number; readonly callback: CallbackTarget | undefined };
}

/** An accepted run that another process left before it had begun. */
export interface AdoptedRun {
	readonly id: string;
	readonly deadlineMs: number;
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

/** How a turn ends that its process did not live to see, or had no time for. */
export const STOPPED = {
	status: 'failed',
	error: { code: 'SANDBOX_STOPPED', message: 'The sandbox stopped before this execution was finished.' },
} as const satisfies ExecutionEnd;

/** More turns than a question has passages to continue with; older ones cannot matter to an engine. */
const MAX_HISTORY = 200;

const SQL = {
	add: `INSERT INTO executions
		(id, trigger_id, agent_id, session_id, status, message, input, context, model, created_at, started_at, owner,
			accepted_deadline_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	get: `${EXECUTION_ROWS} WHERE id = ?`,
	all: `${EXECUTION_ROWS} ORDER BY executions.seq`,
	// The rows that a page skips are skipped in the index alone, without being read or joined.
	page: `${EXECUTION_ROWS} WHERE executions.seq IN (
			SELECT seq FROM executions WHERE trigger_id = ? ORDER BY seq DESC LIMIT ? OFFSET ?
		) ORDER BY executions.seq DESC`,
	finishedBut: `${EXECUTION_ROWS} WHERE id <> ? AND trigger_id IS NOT NULL AND completed_at IS NOT NULL
		ORDER BY executions.seq DESC LIMIT 1`,
	count: 'SELECT n FROM execution_counts WHERE trigger_id = ?',
	history: `${EXECUTION_ROWS} WHERE session_id = ? AND executions.status NOT IN ('pending', 'running')
		ORDER BY executions.seq DESC LIMIT ${MAX_HISTORY}`,
	begin: `UPDATE executions SET status = 'running', started_at = ? WHERE id = ? AND status = 'pending' AND owner = ?`,
	finish: `UPDATE executions SET status = ?, response = ?, sources = ?, tools_used = ?, input_tokens = ?, output_tokens = ?,
		error_code = ?, error_message = ?, completed_at = ? WHERE id = ? AND status IN ('pending', 'running')`,
	orphans: `SELECT id, status, accepted_deadline_ms FROM executions WHERE status IN ('pending', 'running')
		AND (owner NOT IN (SELECT id FROM processes) OR (
			owner = ? AND accepted_deadline_ms IS NOT NULL AND id NOT IN (SELECT value FROM json_each(?))
		))`,
	adopt: 'UPDATE executions SET owner = ? WHERE id = ?',
} as const;

/** The one record of what agents were asked and what came of it. */
export class Executions {
	readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;
	readonly #database: DatabaseSync;
	readonly #outbox: CallbackOutbox;
	readonly #owner: string;

	constructor(database: DatabaseSync, outbox: CallbackOutbox, owner: string) {
		this.#statements = prepareAll(database, SQL);
		this.#database = database;
		this.#outbox = outbox;
		this.#owner = owner;
	}

	/** Together with its callback; an accepted run has to be added within a transaction. */
	add({
		triggerId,
		agentId,
		sessionId,
		message,
		input,
		context = {},
		model,
		begins = false,
		accepted,
	}: NewExecution): string {
		const id = randomUUID();
		const now = Date.now();
		this.#statements.add.run(
			id,
			triggerId,
			agentId,
			sessionId,
			begins ? 'running' : 'pending',
			JSON.stringify(message),
			JSON.stringify(input),
			JSON.stringify(context),
			model,
			now,
			begins ? now : null,
			this.#owner,
			accepted?.deadlineMs ?? null,
		);
		if (accepted?.callback) this.#outbox.expect(id, accepted.callback);
		return id;
	}

	/** False when there is nothing to begin: it has begun, or another process has taken it over. */
	begin(id: string): boolean {
		return this.#statements.begin.run(Date.now(), id, this.#owner).changes > 0;
	}

	/** The first ending counts; later ones change nothing. The callback is due in the same transaction. */
	finish(id: string, end: ExecutionEnd): void {
		transaction(this.#database, () => this.#finish(id, end));
	}

	/** The same for a run that was not accepted, and so has no callback. */
	finishStreamed(id: string, end: ExecutionEnd): void {
		this.#end(id, end);
	}

	#finish(id: string, end: ExecutionEnd): void {
		if (this.#end(id, end)) this.#outbox.release(id, () => this.#written(id));
	}

	/** Whether this was the first ending. */
	#end(id: string, end: ExecutionEnd): boolean {
		const answer = end.status === 'completed' ? end : undefined;
		const error = end.status === 'completed' ? undefined : end.error;
		const { changes } = this.#statements.finish.run(
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
		return changes > 0;
	}

	/**
	 * Takes over what dead processes left, and what this one could not store when it was time to. An accepted run that
	 * had not begun is this process's to begin; one that had is ended as failed, because beginning it again could do
	 * twice what its agent does. A caller who waited for the answer itself is gone. Within a transaction.
	 */
	adoptOrphans(underWay: readonly string[]): AdoptedRun[] {
		const adopted: AdoptedRun[] = [];
		for (const row of this.#statements.orphans.all(this.#owner, JSON.stringify(underWay))) {
			const [id, deadlineMs] = [String(row.id), row.accepted_deadline_ms];
			if (row.status === 'pending' && deadlineMs !== null) {
				this.#statements.adopt.run(this.#owner, id);
				adopted.push({ id, deadlineMs: Number(deadlineMs) });
			} else this.#finish(id, STOPPED);
		}
		return adopted;
	}

	get(id: string): RecordedExecution | undefined {
		const row = this.#statements.get.get(id);
		return row && executionOf(row);
	}

	#written(id: string): RecordedExecution {
		const execution = this.get(id);
		if (!execution) throw new Error(`The execution ${id} was written and is not there.`);
		return execution;
	}

	/** Oldest first. */
	all(): RecordedExecution[] {
		return this.#statements.all.all().map(executionOf);
	}

	/** Newest first. */
	ofTrigger(triggerId: string, limit: number, offset: number): RecordedExecution[] {
		return this.#statements.page.all(triggerId, limit, offset).map(executionOf);
	}

	countOfTrigger(triggerId: string): number {
		return Number(this.#statements.count.get(triggerId)?.n ?? 0);
	}

	/** The newest finished dispatch that is not this one. */
	latestFinishedBut(id: string): RecordedExecution | undefined {
		const row = this.#statements.finishedBut.get(id);
		return row && executionOf(row);
	}

	/** Oldest first. */
	history(sessionId: string): PastTurn[] {
		return this.#statements.history.all(sessionId).map(executionOf).reverse();
	}
}
