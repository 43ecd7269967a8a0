import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ZihinClient } from '@zihin/agent-client';
import type { Itinerary, Journey } from './travel.ts';

/** How long a dispatched run may take here. */
const RUN_WAIT_MS = 30_000;

/**
 * What is wrong with the journeys, one sentence each; nothing when all paths gave the same answers, cited a
 * file that exists, remembered the conversation and shared one trigger whose runs came to the same answer.
 * @param root the folder that the agent's sources are relative to
 */
export async function faultsOf(
	journeys: readonly Journey[],
	itinerary: Itinerary,
	client: ZihinClient,
	root: string,
): Promise<readonly string[]> {
	const faults: string[] = [];
	const [first] = journeys;
	if (first === undefined) return ['No path was taken.'];
	for (const { path, answer, followUpAnswer, agentIds } of journeys) {
		if (!agentIds.includes(itinerary.agentId)) faults.push(`${path} does not list the agent.`);
		if (answer.content !== first.answer.content)
			faults.push(`${path} gave another answer than ${first.path}.`);
		if (followUpAnswer.content !== first.followUpAnswer.content) {
			faults.push(`${path} gave another second answer than ${first.path}.`);
		}
		if (followUpAnswer.sessionId !== answer.sessionId) faults.push(`${path} lost the conversation.`);
		if (!citesAFile(answer.sources, root)) faults.push(`${path} cites no file that exists.`);
	}
	const triggers = await client.listTriggers({ agentId: itinerary.agentId });
	const named = triggers.filter(({ name }) => name === itinerary.triggerName);
	if (named.length !== 1) faults.push(`There are ${named.length} triggers instead of one.`);
	for (const { path, triggerId, executionId } of journeys) {
		if (triggerId !== named[0]?.triggerId) faults.push(`${path} used another trigger.`);
		const { content } = await client.waitForExecution({ triggerId, executionId, timeoutMs: RUN_WAIT_MS });
		if (content !== first.answer.content) faults.push(`${path}'s dispatched run did not come to the answer.`);
	}
	return faults;
}

function citesAFile(sources: readonly unknown[], root: string): boolean {
	return sources.some(source => {
		const file: unknown = typeof source === 'object' && source !== null && Reflect.get(source, 'file');
		return typeof file === 'string' && existsSync(join(root, file));
	});
}
