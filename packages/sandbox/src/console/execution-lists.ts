import type { DatabaseSync } from 'node:sqlite';
import { EXECUTION_ROWS, executionOf } from '../execution-row.ts';
import type { RecordedExecution } from '../executions.ts';
import { prepareAll } from '../statements.ts';

/** The most that a page shows. */
const MAX_ROWS = 100;

const SQL = {
	newest: `${EXECUTION_ROWS} ORDER BY executions.seq DESC LIMIT ${MAX_ROWS}`,
	withCallback: `${EXECUTION_ROWS} WHERE callbacks.seq IN (SELECT seq FROM callbacks ORDER BY seq DESC LIMIT ${MAX_ROWS})
		ORDER BY callbacks.seq DESC`,
	session: `${EXECUTION_ROWS} WHERE session_id = ? ORDER BY executions.seq DESC LIMIT ${MAX_ROWS}`,
} as const;

/** The executions that pages show; each list 100 at most. */
export class ExecutionLists {
	readonly #statements;

	constructor(database: DatabaseSync) {
		this.#statements = prepareAll(database, SQL);
	}

	newestFirst(): RecordedExecution[] {
		return this.#statements.newest.all().map(executionOf);
	}

	withCallback(): RecordedExecution[] {
		return this.#statements.withCallback.all().map(executionOf);
	}

	/** Oldest first. */
	ofSession(sessionId: string): RecordedExecution[] {
		return this.#statements.session.all(sessionId).map(executionOf).reverse();
	}
}
