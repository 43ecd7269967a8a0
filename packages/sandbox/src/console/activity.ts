import type { ExecutionEnd } from '../executions.ts';
import type { FaultRegistry } from '../faults/registry.ts';
import type { Turn, TurnEvent, TurnObserver } from '../turn.ts';
import { Feed } from './feed.ts';
import { type RecordedRequest, RequestLog } from './request-log.ts';
import { type RunEntry, RunLog } from './run-log.ts';

/** What goes on in the sandbox, for those who watch. */
export class Activity implements TurnObserver {
	readonly feed = new Feed();
	readonly requests = new RequestLog();
	readonly runs = new RunLog();
	readonly #faults: FaultRegistry;
	#armed: unknown;

	constructor(faults: FaultRegistry) {
		this.#faults = faults;
		this.#armed = faults.list();
	}

	requestChanged({ number, method, url, durationMs, executionId }: RecordedRequest): void {
		this.feed.rowChanged('requests', String(number));
		this.feed.rowChanged(`request:${number}`, String(number));
		if (executionId !== undefined) this.#runChanged(executionId);
		if (durationMs === undefined) return;
		if (method !== 'GET' && url.startsWith('/api/triggers')) this.feed.listChanged('triggers');
		// A fault that was on for a number of requests may be used up.
		if (this.#faults.list() !== this.#armed) this.faultsChanged();
	}

	faultsChanged(): void {
		this.#armed = this.#faults.list();
		this.feed.listChanged('faults');
	}

	callbackChanged(executionId: string): void {
		this.feed.rowChanged('callbacks', executionId);
		this.#runChanged(executionId);
	}

	begun(turn: Turn): void {
		this.runs.begin(turn);
		this.#runChanged(turn.executionId);
	}

	happened(turn: Turn, event: Exclude<TurnEvent, { type: 'end' }>): void {
		this.#entriesChanged(turn, this.runs.happened(turn, event));
	}

	ended(turn: Turn, end: ExecutionEnd): void {
		this.#entriesChanged(turn, this.runs.end(turn, end));
		this.callbackChanged(turn.executionId);
	}

	#entriesChanged({ executionId }: Turn, entries: readonly RunEntry[]): void {
		// Before any of the names is put together, which a token of an answer would pay for.
		if (!this.feed.isWatched) return;
		for (const entry of entries) {
			if (this.feed.isNews(entry.change)) continue;
			entry.change = this.feed.rowChanged(`run:${executionId}`, String(entry.number));
		}
	}

	#runChanged(executionId: string): void {
		this.feed.rowChanged('runs', executionId);
		this.feed.rowChanged(`run-head:${executionId}`, executionId);
	}
}
