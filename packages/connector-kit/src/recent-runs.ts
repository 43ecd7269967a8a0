import {
	type CallOptions,
	type Execution,
	ZihinAgentError,
	type ZihinClient,
} from '@zihin/agent-client/core';
import { hasEnded } from '@zihin/agent-client/runs';

/** Each run that is waited for has a trigger of its own: an agent may have thousands. */
const MOST_TRIGGERS = 10;
const MOST_RUNS = 3;

/**
 * Runs of an agent that have finished, newest first: what a platform shows of its trigger before the first event.
 * Those of the triggers that were made last; none where nothing was dispatched to them.
 */
export async function recentRuns(
	client: ZihinClient,
	agentId: string,
	options: CallOptions = {},
): Promise<readonly Execution[]> {
	const found: Execution[] = [];
	for (const { triggerId } of (await client.listTriggers({ ...options, agentId })).slice(0, MOST_TRIGGERS)) {
		found.push(...(await runsOf(client, triggerId, options)).filter(hasEnded));
		if (found.length >= MOST_RUNS) break;
	}
	return found.sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? '')).slice(0, MOST_RUNS);
}

/** None of a trigger that is gone: those of runs are deleted all the time, also between a list and this. */
async function runsOf(
	client: ZihinClient,
	triggerId: string,
	options: CallOptions,
): Promise<readonly Execution[]> {
	try {
		return await client.listExecutions({ ...options, triggerId, limit: MOST_RUNS });
	} catch (cause) {
		if (ZihinAgentError.is(cause) && cause.kind === 'not_found') return [];
		throw cause;
	}
}
