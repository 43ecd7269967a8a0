import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { transaction } from '../database.ts';
import { WireError } from '../error-envelope.ts';
import type { Executions, RecordedExecution } from '../executions.ts';
import { prepareAll } from '../statements.ts';
import { checkStep, isTerminal, type RunStatus } from './run-status.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A run of the other platform. Times are milliseconds since 1970. */
export interface ZoneRun {
	readonly id: number;
	/** The sandbox's own name of the agent. */
	readonly agentId: string;
	readonly externalRunId: string | null;
	readonly status: RunStatus;
	readonly input: JsonObject;
	readonly output: JsonObject | null;
	readonly outputs: number | null;
	readonly error: string | null;
	readonly metadata: JsonObject | null;
	readonly createdBy: string | null;
	readonly createdAt: number;
	readonly startedAt: number | null;
	readonly completedAt: number | null;
}

export interface NewZoneRun extends Pick<ZoneRun, 'agentId' | 'input'>, RunReport {
	readonly createdBy: string | null;
	/** What an agent of the sandbox does about it. Without one, it is what is reported. */
	readonly executionId?: string;
	readonly externalRunId?: string;
}

/** What somebody says of a run. What is left out stays as it was. */
export interface RunReport {
	readonly status?: RunStatus | undefined;
	readonly output?: JsonObject | undefined;
	readonly outputs?: number | undefined;
	readonly error?: string | undefined;
	readonly metadata?: JsonObject | undefined;
	readonly startedAt?: number | undefined;
	readonly completedAt?: number | undefined;
}

const SQL = {
	add: `INSERT INTO zone_runs (agent_id, execution_id, external_run_id, input, created_by, created_at)
		VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
	get: 'SELECT * FROM zone_runs WHERE id = ? AND agent_id = ?',
	external: 'SELECT * FROM zone_runs WHERE agent_id = ? AND external_run_id = ?',
	report: `UPDATE zone_runs SET status = coalesce(?, status), output = coalesce(?, output), outputs = coalesce(?, outputs),
		error = coalesce(?, error), metadata = coalesce(?, metadata), started_at = coalesce(started_at, ?),
		completed_at = coalesce(completed_at, ?) WHERE id = ?`,
} as const;

/** The runs of the other platform, as they are stored. */
export class ZoneRuns {
	readonly #database: DatabaseSync;
	readonly #executions: Executions;
	readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;

	constructor(database: DatabaseSync, executions: Executions) {
		this.#database = database;
		this.#executions = executions;
		this.#statements = prepareAll(database, SQL);
	}

	/** Within a transaction, where more than the run is added. */
	add(run: NewZoneRun): number {
		const { agentId, executionId = null, externalRunId = null, input, createdBy } = run;
		const text = JSON.stringify(input);
		const row = this.#statements.add.get(agentId, executionId, externalRunId, text, createdBy, Date.now());
		const id = Number(row?.id);
		this.#write(id, run);
		return id;
	}

	/** @throws {WireError} 404, also for a run of another agent. */
	get(id: number, agentId: string): ZoneRun {
		const row = this.#statements.get.get(id, agentId);
		if (row) return this.#runOf(row);
		throw new WireError(404, 'NOT_FOUND', 'There is no such run.');
	}

	external(agentId: string, externalRunId: string): ZoneRun | undefined {
		const row = this.#statements.external.get(agentId, externalRunId);
		return row && this.#runOf(row);
	}

	/** @throws {WireError} 409 for a step backwards; nothing is changed then. What is told again changes nothing. */
	report(id: number, agentId: string, report: RunReport): ZoneRun {
		return transaction(this.#database, () => {
			const run = this.get(id, agentId);
			const { status = run.status } = report;
			checkStep(run.status, status);
			if (!isTerminal(run.status)) this.#write(id, report);
			else if (report.status === undefined) {
				throw new WireError(409, 'CONFLICT', `The run is ${run.status}: nothing can be added to it.`);
			}
			return this.get(id, agentId);
		});
	}

	#write(id: number, report: RunReport): void {
		const { status, output, outputs = null, error = null, metadata } = report;
		const now = Date.now();
		const started = status !== undefined && status !== 'queued';
		this.#statements.report.run(
			status ?? null,
			output ? JSON.stringify(output) : null,
			outputs,
			error,
			metadata ? JSON.stringify(metadata) : null,
			report.startedAt ?? (started ? now : null),
			report.completedAt ?? (status !== undefined && isTerminal(status) ? now : null),
			id,
		);
	}

	#runOf(row: Record<string, SQLOutputValue>): ZoneRun {
		const reported = reportedRun(row);
		if (row.execution_id === null || isTerminal(reported.status)) return reported;
		const execution = this.#executions.get(String(row.execution_id));
		if (!execution) return reported;
		const status = STATUSES[execution.status];
		// A human is waited for as long as the agent has not come to an end.
		const waits = reported.status === 'waiting' && !isTerminal(status);
		return { ...reported, ...resultOf(execution, reported), status: waits ? 'waiting' : status };
	}
}

const STATUSES: Readonly<Record<RecordedExecution['status'], RunStatus>> = {
	pending: 'queued',
	running: 'running',
	completed: 'completed',
	failed: 'failed',
	timeout: 'failed',
	cancelled: 'cancelled',
};

/** An agent's answer becomes the output; what a runtime has reported meanwhile is replaced by it. */
function resultOf({ response, error, startedAt, completedAt }: RecordedExecution, reported: ZoneRun) {
	const output = response === null ? reported.output : outputOf(response);
	return {
		output,
		outputs: countIn(output) ?? reported.outputs,
		error: error?.message ?? null,
		startedAt,
		completedAt,
	};
}

/** An agent that answers with a JSON object returns that; any other text is returned as `response`. */
function outputOf(response: string): JsonObject {
	try {
		const value: unknown = JSON.parse(response);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
	} catch {
		// Plain text.
	}
	return { response };
}

function countIn(output: JsonObject | null): number | undefined {
	const count = output?.outputs;
	return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function reportedRun(row: Record<string, SQLOutputValue>): ZoneRun {
	const json = (value: SQLOutputValue | undefined) => (value === null ? null : JSON.parse(String(value)));
	const number = (value: SQLOutputValue | undefined) => (value === null ? null : Number(value));
	const text = (value: SQLOutputValue | undefined) => (value === null ? null : String(value));
	return {
		id: Number(row.id),
		agentId: String(row.agent_id),
		externalRunId: text(row.external_run_id),
		status: (row.status ?? 'queued') as RunStatus,
		input: json(row.input),
		output: json(row.output),
		outputs: number(row.outputs),
		error: text(row.error),
		metadata: json(row.metadata),
		createdBy: text(row.created_by),
		createdAt: Number(row.created_at),
		startedAt: number(row.started_at),
		completedAt: number(row.completed_at),
	};
}
