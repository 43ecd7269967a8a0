import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { callbackBody } from './callback-body.ts';
import type { AttemptOutcome, Verdict } from './callback-schedule.ts';
import { transaction } from './database.ts';
import type { RecordedExecution } from './executions.ts';
import type { CallbackFault } from './faults/fault.ts';
import { prepareAll } from './statements.ts';

/** Where the result of an accepted run goes. */
export interface CallbackTarget {
	readonly url: string;
	readonly secret: string;
	readonly fault: CallbackFault | undefined;
}

/** A message to a receiver; the process that is its owner, and no other, may send it. */
export interface OutgoingCallback {
	readonly seq: number;
	readonly executionId: string;
	readonly url: string;
	readonly receiver: string;
	readonly secret: string;
	readonly fault: CallbackFault | undefined;
	/** Empty until the run is finished. */
	readonly body: string;
	/** Attempts that were made, ever; `tries` counts only those since the message became due. */
	readonly attempts: number;
	readonly tries: number;
	readonly owner: string | null;
}

export interface CallbackAttempt {
	/** Counted from 1. */
	readonly number: number;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	readonly durationMs: number;
	/** The HTTP status; `null` when no answer came, and `error` says why. */
	readonly status: number | null;
	readonly error: string | null;
}

/** A message whose receiver's owner sends it again and again must not grow for ever. */
const MAX_ATTEMPTS_KEPT = 50;

const UNCLAIMED = `status = 'pending' AND owner IS NULL`;
const SQL = {
	expect: 'INSERT INTO callbacks (execution_id, url, receiver, secret, fault) VALUES (?, ?, ?, ?, ?)',
	get: 'SELECT * FROM callbacks WHERE execution_id = ?',
	release: `UPDATE callbacks SET body = ?, status = CASE status WHEN 'waiting' THEN 'pending' ELSE status END,
		tries = 0, scheduled_at = ?, due_at = ? WHERE execution_id = ?`,
	// Steps from receiver to receiver in the index, so that a backlog of one costs nothing to the others.
	receivers: `WITH RECURSIVE next (receiver) AS (
			SELECT min(receiver) FROM callbacks WHERE ${UNCLAIMED}
			UNION ALL
			SELECT (SELECT min(receiver) FROM callbacks WHERE ${UNCLAIMED} AND receiver > next.receiver)
			FROM next WHERE next.receiver IS NOT NULL
		)
		SELECT receiver, (SELECT min(due_at) FROM callbacks WHERE ${UNCLAIMED} AND receiver = next.receiver) AS due_at
		FROM next WHERE receiver IS NOT NULL ORDER BY due_at`,
	claim: `UPDATE callbacks SET owner = ? WHERE ${UNCLAIMED} AND seq IN (
			SELECT seq FROM callbacks WHERE ${UNCLAIMED} AND receiver = ? AND due_at <= ? ORDER BY due_at LIMIT ?
		) RETURNING *`,
	settle: `UPDATE callbacks SET status = ?, attempts = ?, tries = ?, last_status = ?, scheduled_at = ?, due_at = ?, owner = NULL
		WHERE seq = ? AND attempts = ? AND owner IS ?`,
	attempt: `INSERT INTO callback_attempts (callback, number, started_at, duration_ms, status, error) VALUES (?, ?, ?, ?, ?, ?)`,
	forget: `DELETE FROM callback_attempts WHERE callback = ? AND number <= ? - ${MAX_ATTEMPTS_KEPT}`,
	attempts: `SELECT number, started_at, duration_ms, callback_attempts.status, error FROM callback_attempts
		JOIN callbacks ON seq = callback WHERE execution_id = ? ORDER BY number`,
	resend: `UPDATE callbacks SET status = 'pending', tries = 0, scheduled_at = ?1, due_at = ?1
		WHERE execution_id = ?2 AND body IS NOT NULL AND owner IS NULL`,
	unclaim: `UPDATE callbacks SET owner = NULL WHERE owner IS NOT NULL
		AND (owner NOT IN (SELECT id FROM processes) OR (owner = ? AND seq NOT IN (SELECT value FROM json_each(?))))`,
	// What was put on the schedule in the future was put there before the clock was set back.
	followClock: `UPDATE callbacks SET scheduled_at = ?1, due_at = ?1 WHERE ${UNCLAIMED} AND scheduled_at > ?1`,
} as const;

/** The messages to receivers as they are stored. Every change is one statement or within its caller's transaction. */
export class CallbackOutbox {
	readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;
	readonly #database: DatabaseSync;
	readonly #owner: string;
	readonly #changed: (executionId: string) => void;

	/** `changed` is told whose message was tried, or is to be sent again. */
	constructor(database: DatabaseSync, owner: string, changed: (executionId: string) => void = () => {}) {
		this.#changed = changed;
		this.#database = database;
		this.#statements = prepareAll(database, SQL);
		this.#owner = owner;
	}

	/** Notes, together with the run, whom its result is for. */
	expect(executionId: string, { url, secret, fault }: CallbackTarget): void {
		const faultJson = fault ? JSON.stringify(fault) : null;
		this.#statements.expect.run(executionId, url, new URL(url).host, secret, faultJson);
	}

	/** Makes the message of a finished run due, if it has one. Within the transaction that records the result. */
	release(executionId: string, finished: () => RecordedExecution): void {
		const message = this.get(executionId);
		if (!message) return;
		const now = Date.now();
		const { fault } = message;
		const due = now + (fault?.name === 'callback-late' ? fault.value : 0);
		this.#statements.release.run(callbackBody(finished()), now, due, executionId);
	}

	get(executionId: string): OutgoingCallback | undefined {
		const row = this.#statements.get.get(executionId);
		return row && messageOf(row);
	}

	/** The receivers that have unclaimed messages, and when the first of each is due; earliest first. */
	receivers(): { receiver: string; dueAt: number }[] {
		return this.#statements.receivers
			.all()
			.map(row => ({ receiver: String(row.receiver), dueAt: Number(row.due_at) }));
	}

	claim(receiver: string, now: number, limit: number): OutgoingCallback[] {
		return this.#statements.claim.all(this.#owner, receiver, now, limit).map(messageOf);
	}

	/** Ends a claim with what came of it. Changes nothing when the claim was lost meanwhile. */
	record(message: OutgoingCallback, startedAt: number, outcome: AttemptOutcome, verdict: Verdict): void {
		const { seq, attempts, tries, owner } = message;
		const { status, error } = outcome;
		const now = Date.now();
		const number = attempts + 1;
		const due = verdict.status === 'pending' ? now + verdict.dueInMs : null;
		transaction(this.#database, () => {
			const next = [verdict.status, number, tries + 1, status, now, due];
			if (this.#statements.settle.run(...next, seq, attempts, owner).changes === 0) return;
			// A clock that was set back must not make an attempt look shorter than nothing.
			this.#statements.attempt.run(seq, number, startedAt, Math.max(0, now - startedAt), status, error);
			this.#statements.forget.run(seq, number);
		});
		this.#changed(message.executionId);
	}

	/** Oldest first; the last 50. */
	attempts(executionId: string): CallbackAttempt[] {
		return this.#statements.attempts.all(executionId).map(row => ({
			number: Number(row.number),
			startedAt: Number(row.started_at),
			durationMs: Number(row.duration_ms),
			status: row.status === null ? null : Number(row.status),
			error: row.error === null ? null : String(row.error),
		}));
	}

	/** False when there is nothing to send again: no callback, no result yet, or an attempt under way. */
	resend(executionId: string): boolean {
		const isDue = this.#statements.resend.run(Date.now(), executionId).changes > 0;
		if (isDue) this.#changed(executionId);
		return isDue;
	}

	/** Gives up the claims of dead processes, and those of this one that nothing is done about any more. */
	unclaim(inFlight: readonly number[]): void {
		this.#statements.unclaim.run(this.#owner, JSON.stringify(inFlight));
	}

	followClock(): void {
		this.#statements.followClock.run(Date.now());
	}
}

function messageOf(row: Record<string, SQLOutputValue>): OutgoingCallback {
	return {
		seq: Number(row.seq),
		executionId: String(row.execution_id),
		url: String(row.url),
		receiver: String(row.receiver),
		secret: String(row.secret),
		fault: row.fault === null ? undefined : JSON.parse(String(row.fault)),
		body: row.body === null ? '' : String(row.body),
		attempts: Number(row.attempts),
		tries: Number(row.tries),
		owner: row.owner === null ? null : String(row.owner),
	};
}
