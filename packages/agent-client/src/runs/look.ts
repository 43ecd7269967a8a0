import type { CallOptions, Execution, Trigger, ZihinClient } from '../core.ts';

/** The calls of the client that a run is made of. */
export type RunClient = Pick<
	ZihinClient,
	| 'createTrigger'
	| 'deleteTrigger'
	| 'disableTrigger'
	| 'dispatchAgent'
	| 'getExecution'
	| 'listExecutions'
	| 'listTriggers'
	| 'waitForExecution'
>;

/** A run that was dispatched, and the trigger that it was dispatched to. */
export interface DispatchedRun {
	readonly trigger: Trigger;
	readonly execution: Execution;
}

/** The run that one of these triggers has, the oldest trigger and the oldest run first. */
export async function lookForRun(
	client: RunClient,
	call: CallOptions,
	triggers: readonly Trigger[],
): Promise<DispatchedRun | undefined> {
	for (const trigger of triggers) {
		const executions = await client.listExecutions({ ...call, triggerId: trigger.triggerId });
		const execution = executions.at(-1);
		if (execution !== undefined) return { trigger, execution };
	}
	return undefined;
}

/**
 * Looks for the run of these triggers; where there is none, closes them, and looks again. A closed trigger
 * refuses a dispatch that is still on its way. So after this there is a run, or there will never be one of
 * these triggers, even if whoever made them is only slow and not dead.
 */
export async function lookOrClose(
	client: RunClient,
	call: CallOptions,
	triggers: readonly Trigger[],
): Promise<DispatchedRun | undefined> {
	const found = await lookForRun(client, call, triggers);
	if (found !== undefined) return found;
	const open = triggers.filter(({ enabled }) => enabled);
	for (const { triggerId } of open) await client.disableTrigger({ ...call, triggerId });
	return lookForRun(client, call, open);
}

/** Closes a trigger that is no longer needed. What matters is done by then, so a failure is not told. */
export async function closeQuietly(client: RunClient, call: CallOptions, triggerId: string): Promise<void> {
	try {
		await client.disableTrigger({ ...call, triggerId });
	} catch {
		// It stays open: nobody dispatches to it any more.
	}
}
