import { type CallOptions, type Trigger, ZihinAgentError } from '../core.ts';
import type { RunIdentity } from './claim.ts';
import { notDispatched, undecided } from './errors.ts';
import { type DispatchedRun, lookForRun, lookOrClose, type RunClient } from './look.ts';
import { triggersOfRun } from './trigger.ts';

/** What the agent is sent. */
export interface RunPayload {
	readonly message: string;
	readonly [field: string]: unknown;
}

/**
 * Dispatches once. A dispatch whose answer was lost is looked for, and never sent again.
 * @returns the id of the execution, or the run that was found in its place
 */
export async function dispatchOnce(
	client: RunClient,
	call: CallOptions,
	run: RunIdentity,
	trigger: Trigger,
	payload: RunPayload,
): Promise<string | DispatchedRun> {
	const { triggerId } = trigger;
	try {
		// Not even after a 503, which the client repeats elsewhere: a proxy may say so of a run that has begun.
		const { executionId } = await client.dispatchAgent({ ...call, triggerId, payload, maxRetries: 0 });
		if (executionId !== '') return executionId;
		throw unnamed();
	} catch (cause) {
		// A rate limit is a refusal, and no time to ask for more.
		if (!ZihinAgentError.is(cause) || cause.kind === 'rate_limit') throw cause;
		const found = await findAfter(cause, client, call, run, trigger);
		if (found === undefined) throw notDispatched(cause);
		return found;
	}
}

function unnamed(): ZihinAgentError {
	return new ZihinAgentError({
		kind: 'protocol',
		effect: 'unknown',
		message: 'The dispatch was accepted, but the answer names no execution.',
	});
}

/** Looks where it was sent, then where another start of the run may have dispatched: it may have closed ours. */
async function findAfter(
	cause: ZihinAgentError,
	client: RunClient,
	call: CallOptions,
	run: RunIdentity,
	trigger: Trigger,
): Promise<DispatchedRun | undefined> {
	try {
		const found = await lookOrClose(client, call, [trigger]);
		if (found !== undefined) return found;
		return await lookForRun(client, call, triggersOfRun(await client.listTriggers(call), run));
	} catch {
		throw cause.effect === 'none' ? cause : undecided(cause);
	}
}
