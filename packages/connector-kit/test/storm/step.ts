import { type Execution, ZihinAgentError, type ZihinClient } from '@zihin/agent-client';
import { findRun, type Run, type RunIds, startRun } from '@zihin/agent-client/runs';
import {
	decide,
	newWait,
	readEvent,
	type WaitAction,
	type WaitEvent,
	type WaitState,
	waitError,
} from '@zihin/connector-kit';
import { judge } from './callback.ts';
import type { Inbox } from './inbox.ts';
import type { StepRecord, StepResult } from './step-record.ts';

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 500;
const DEADLINE_MS = 5_000;
/** How often a platform repeats a step that failed and had sent nothing. */
const MOST_REPEATS = 4;

/** What a step has to do with the world. */
export interface StepWorld {
	readonly client: ZihinClient;
	readonly agentId: string;
	/** Where the platform takes callbacks for this step. */
	readonly callbackUrl: string;
	readonly inbox: Inbox;
	/** Notes a start of the run, which the process may not outlive. */
	started(id: string): void;
	save(record: StepRecord): void;
}

type Sleep = Extract<WaitAction, { type: 'sleep' }>;

/** One step of an automation, from wherever its record says that it is to its end. */
export class Step {
	#record: StepRecord;
	readonly #world: StepWorld;
	/** What was read last. */
	#execution: Execution | undefined;

	constructor(record: StepRecord, world: StepWorld) {
		this.#record = record;
		this.#world = world;
	}

	async run(): Promise<void> {
		let event: WaitEvent = { type: 'started' };
		while (this.#record.result === null) {
			const { state, action } = decide(this.#record.wait ?? begin(this.#record), event);
			if (action.type === 'return') this.#end(state, this.#answer(action.run));
			else if (action.type === 'fail') this.#end(state, failure(waitError(action, this.#execution)));
			else event = await this.#carryOut(state, action);
		}
	}

	async #carryOut(
		state: WaitState,
		action: Exclude<WaitAction, { type: 'return' | 'fail' }>,
	): Promise<WaitEvent> {
		this.#record = { ...this.#record, wait: state };
		if (this.#record.saves === 'each-action' || action.type === 'sleep') this.#world.save(this.#record);
		switch (action.type) {
			case 'dispatch':
				return this.#dispatch();
			case 'read':
				return this.#read(action.run);
			case 'sleep':
				return this.#sleep(action);
		}
	}

	async #dispatch(): Promise<WaitEvent> {
		this.#world.started(this.#record.id);
		try {
			const run = await startRun(this.#world.client, { ...this.#identity, message: this.#record.message });
			this.#know(run);
			return { type: 'dispatched', run };
		} catch (error) {
			if (!ZihinAgentError.is(error)) throw error;
			if (error.effect === 'unknown') return { type: 'dispatch-answer-lost' };
			this.#repeatOrEnd(error);
			return { type: 'started' };
		}
	}

	/** Nothing was sent: a platform may start such a step anew. */
	#repeatOrEnd(error: ZihinAgentError): void {
		const { repeats } = this.#record;
		if (!error.retryable || repeats === MOST_REPEATS) this.#end(this.#record.wait, failure(error));
		else this.#save({ wait: null, repeats: repeats + 1 });
	}

	async #read(known: RunIds | null): Promise<WaitEvent> {
		const { client } = this.#world;
		try {
			const run = known ?? (await this.#find());
			if (run === undefined) return { type: 'read', found: 'absent' };
			const { triggerId, executionId } = run;
			const { event, execution } = await readEvent(client, { triggerId, executionId });
			this.#execution = execution ?? this.#execution;
			return event;
		} catch (error) {
			if (!ZihinAgentError.is(error)) throw error;
			return { type: 'read', found: 'unreadable' };
		}
	}

	async #find(): Promise<Run | undefined> {
		const run = await findRun(this.#world.client, this.#identity);
		if (run !== undefined) this.#know(run);
		return run;
	}

	async #sleep(action: Sleep): Promise<WaitEvent> {
		const left = action.until - Date.now();
		const ms = action.wakes === 'timer' ? Math.min(action.forMs, left) : left;
		const callback = await this.#world.inbox.take(this.#record.id, ms);
		if (callback !== undefined) return judge(callback, this.#record);
		return { type: Date.now() >= action.until ? 'deadline' : 'timer' };
	}

	#know({ callbackToken }: Run): void {
		this.#record = { ...this.#record, callbackToken: callbackToken ?? null };
	}

	#answer({ executionId }: RunIds): StepResult {
		return { type: 'answer', executionId, content: this.#execution?.content };
	}

	/** The end and its result in one write: a wait that is known to have ended is never asked for it again. */
	#end(wait: WaitState | null, result: StepResult): void {
		this.#save({ wait, result });
	}

	#save(changes: Partial<StepRecord>): void {
		this.#record = { ...this.#record, ...changes };
		this.#world.save(this.#record);
	}

	get #identity() {
		const { id, message, wakes } = this.#record;
		const { agentId, callbackUrl } = this.#world;
		return {
			agentId,
			runKey: `${id}/${message}`,
			...(wakes !== 'timers' && { callbackUrl }),
		};
	}
}

function begin({ wakes }: StepRecord): WaitState {
	return newWait({
		wakes,
		firstPollMs: FIRST_POLL_MS,
		longestPollMs: LONGEST_POLL_MS,
		deadlineAt: Date.now() + DEADLINE_MS,
	});
}

function failure(error: ZihinAgentError): StepResult {
	return { type: 'error', error: error.toJSON() };
}
