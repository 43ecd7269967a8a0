import { type CallOptions, type Execution, ZihinAgentError } from '../core.ts';
import { hasEnded } from '../execution-record.ts';
import { closeQuietly, type RunClient } from './look.ts';
import type { Run } from './start.ts';

/** The ids of a run: what `startRun` returned has them. */
export type RunIds = Pick<Run, 'triggerId' | 'executionId'>;

/**
 * Reads a run, and when it has ended, closes its trigger. It may be repeated: a run that has ended stays as it
 * is. Look at the `status`: the run may be under way, or have failed.
 * @throws {ZihinAgentError} what `getExecution` throws; a trigger that cannot be closed is no failure
 */
export async function finishRun(
	client: RunClient,
	run: RunIds,
	options: CallOptions = {},
): Promise<Execution> {
	const { triggerId, executionId } = run;
	return finish(client, run, options, await client.getExecution({ ...options, triggerId, executionId }));
}

/**
 * Reads a run until it has ended, then closes its trigger.
 * @throws {ZihinAgentError} kind `timeout` when the run outlasts `timeoutMs`; the run itself goes on
 */
export async function waitForRun(
	client: RunClient,
	run: RunIds,
	options: CallOptions = {},
): Promise<Execution> {
	const { triggerId, executionId } = run;
	return finish(client, run, options, await client.waitForExecution({ ...options, triggerId, executionId }));
}

async function finish(
	client: RunClient,
	run: RunIds,
	options: CallOptions,
	execution: Execution,
): Promise<Execution> {
	if (execution.executionId !== run.executionId) {
		throw new ZihinAgentError({ kind: 'protocol', message: 'The platform answered with another run.' });
	}
	if (hasEnded(execution)) await closeQuietly(client, options, run.triggerId);
	return execution;
}
