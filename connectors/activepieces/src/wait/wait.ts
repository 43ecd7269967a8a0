import { type Execution, ZihinAgentError, type ZihinClient } from '@zihin/agent-client';
import { findRun, startRun } from '@zihin/agent-client/runs';
import {
	decide,
	newWait,
	type RunInputs,
	type RunOutput,
	readEvent,
	runOutput,
	type WaitEvent,
	waitError,
} from '@zihin/connector-kit';
import { forget, type Memory, type Platform, recall, remember } from './memory.ts';
import { runKeyOf } from './run-key.ts';
import { firstWaitpoint, nextWaitpoint, POLLS, type WaitMode, type Waitpoint } from './waitpoint.ts';
import { type ResumePayload, wakeEvent } from './wake-event.ts';

/** A step that waits. */
export interface Wait extends RunInputs {
	readonly platform: Platform;
	readonly client: ZihinClient;
	readonly mode: WaitMode;
}

/**
 * The step's first call, or the same once more: dispatches the run, and pauses. The waitpoint comes first, so that
 * nothing is sent where a step cannot pause. Once made it is waited for, even where the run is over by now: left
 * behind, it would end the wait of a later step.
 */
export async function begin(wait: Wait): Promise<Partial<RunOutput>> {
	const { platform, mode, agentId, waitMs } = wait;
	const deadlineAt = Date.now() + waitMs;
	const waitpoint = await firstWaitpoint(platform, mode, deadlineAt);
	const runKey = await runKeyOf(wait, waitpoint);
	const stored = await recall(platform);
	// A step that is repeated gets its waitpoint again. So does the next item of a loop after one that failed: that
	// one has another message, or else it cannot be told apart, and must not ask twice either.
	if (stored?.runKey === runKey) {
		if (stored.wait.run === null) return goOn(wait, stored, { type: 'started' }, waitpoint);
		platform.run.waitForWaitpoint(waitpoint.id);
		return { ...stored.wait.run };
	}
	const wakes = mode === 'callback' ? 'one-callback' : 'timers';
	const memory = { runKey, agentId, wait: newWait({ wakes, ...POLLS, deadlineAt }) };
	return goOn(wait, memory, { type: 'started' }, waitpoint);
}

/** A later call, in another process: a timer or a callback has ended the pause. */
export async function resume(wait: Wait, payload: ResumePayload): Promise<Partial<RunOutput>> {
	const memory = await recall(wait.platform);
	if (memory === null) {
		throw new Error('What this step knew of its run is gone from the store. Nothing was sent again.');
	}
	return goOn(wait, memory, await wakeEvent(memory, payload));
}

/** @param waitpoint the one that is made already, in the first call */
async function goOn(
	wait: Wait,
	before: Memory,
	first: WaitEvent,
	waitpoint?: Waitpoint,
): Promise<Partial<RunOutput>> {
	const { platform } = wait;
	let memory = before;
	let event = first;
	let execution: Execution | undefined;
	for (;;) {
		const { state, action } = decide(memory.wait, event);
		memory = { ...memory, wait: state };
		if (action.type === 'return' && execution !== undefined) {
			await forget(platform);
			return runOutput(execution);
		}
		// What is stored stays as it is: repeated, the step reads the run again, and asks nobody anew.
		if (action.type === 'fail') throw waitError(action, execution);
		if (action.type === 'sleep') {
			await remember(platform, memory);
			const { id } = waitpoint ?? (await nextWaitpoint(platform, action));
			platform.run.waitForWaitpoint(id);
			return { ...state.run };
		}
		if (action.type === 'dispatch') {
			await remember(platform, memory);
			({ event, memory } = await dispatch(wait, memory, waitpoint?.callbackUrl));
		} else if (state.run === null) {
			({ event, memory } = await look(wait, memory, waitpoint));
		} else {
			({ event, execution } = await readEvent(wait.client, state.run));
		}
	}
}

interface Outcome {
	readonly event: WaitEvent;
	readonly memory: Memory;
}

async function dispatch(wait: Wait, memory: Memory, callbackUrl: string | undefined): Promise<Outcome> {
	const { client, platform, message } = wait;
	const { agentId, runKey } = memory;
	try {
		const run = await startRun(client, { agentId, runKey, message, callbackUrl });
		return { event: { type: 'dispatched', run }, memory: withToken(memory, run) };
	} catch (cause) {
		if (!ZihinAgentError.is(cause)) throw cause;
		if (cause.effect === 'unknown') return { event: { type: 'dispatch-answer-lost' }, memory };
		// Nothing was sent: the step may begin anew.
		await forget(platform);
		throw cause;
	}
}

/** Looks for a run of which only the key is known. */
async function look({ client, mode }: Wait, memory: Memory, waitpoint?: Waitpoint): Promise<Outcome> {
	const { agentId, runKey } = memory;
	try {
		const run = await findRun(client, { agentId, runKey, callbackUrl: waitpoint?.callbackUrl });
		const event: WaitEvent =
			run === undefined ? { type: 'read', found: 'absent' } : { type: 'dispatched', run };
		return { event, memory: run === undefined ? memory : withToken(memory, run) };
	} catch (cause) {
		// A timer looks again. Nobody can tell whether a callback will ever come.
		if (!ZihinAgentError.is(cause) || (waitpoint !== undefined && mode === 'callback')) throw cause;
		return { event: { type: 'read', found: 'unreadable' }, memory };
	}
}

function withToken(memory: Memory, { callbackToken }: { readonly callbackToken?: string }): Memory {
	return callbackToken === undefined ? memory : { ...memory, callbackToken };
}
