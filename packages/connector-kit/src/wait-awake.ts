import type { Execution, ZihinClient } from '@zihin/agent-client/core';
import type { RunIds } from '@zihin/agent-client/runs';
import { type Decision, decide } from './wait.ts';
import { readEvent } from './wait-events.ts';
import { waitError } from './wait-failure.ts';

export interface AwakeOptions {
	readonly sleep: (ms: number) => Promise<void>;
	/** Milliseconds for each read: the last one begins at the deadline. */
	readonly timeoutMs: number;
}

/**
 * Goes on with a wait inside the step, where only timers are left to wake it, until it ends.
 * @throws {ZihinAgentError} when it ends without an answer
 */
export async function waitAwake(
	client: ZihinClient,
	run: RunIds,
	decision: Decision,
	{ sleep, timeoutMs }: AwakeOptions,
): Promise<Execution> {
	let execution: Execution | undefined;
	let { state, action } = decision;
	for (;;) {
		if (action.type === 'return' && execution !== undefined) return execution;
		if (action.type === 'fail') throw waitError(action, execution);
		if (action.type === 'sleep') {
			const { until } = action;
			// Nobody calls here any more: a wait for a callback is a wait for the deadline.
			const forMs = action.wakes === 'timer' ? action.forMs : Number.POSITIVE_INFINITY;
			await sleep(Math.max(0, Math.min(forMs, until - Date.now())));
			({ state, action } = decide(state, { type: Date.now() < until ? 'timer' : 'deadline' }));
		} else {
			const read = await readEvent(client, run, { timeoutMs });
			execution = read.execution;
			({ state, action } = decide(state, read.event));
		}
	}
}
