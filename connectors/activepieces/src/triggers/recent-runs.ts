import type { Execution, ZihinClient } from '@zihin/agent-client';
import { hasEnded } from '@zihin/agent-client/runs';

const MOST_RUNS = 5;
const MOST_TRIGGERS = 5;

/**
 * Real runs to map fields from, newest first: those of the flow's own trigger, if there is one yet, and of the
 * agent's other triggers.
 */
export async function recentRuns(
	client: ZihinClient,
	agentId: string,
	own: string | undefined,
): Promise<readonly Execution[]> {
	const others = (await client.listTriggers({ agentId })).map(({ triggerId }) => triggerId);
	const triggers = own === undefined ? others : [own, ...others.filter(id => id !== own)];
	const runs = [];
	for (const triggerId of triggers.slice(0, MOST_TRIGGERS)) {
		runs.push(...(await client.listExecutions({ triggerId, limit: MOST_RUNS })).filter(hasEnded));
		if (runs.length >= MOST_RUNS) break;
	}
	return runs.slice(0, MOST_RUNS);
}
