import type { InvokeAgentOutput } from '@zihin/connector-kit';
import type { ConnectionInputs } from '@zihin/connector-kit/testing/host';
import { runStep } from '@zihin/connector-kit/testing/run-step';
import type { Path } from './paths.ts';

/** What is asked, by every path alike. */
export interface Itinerary {
	readonly connection: ConnectionInputs;
	readonly agentId: string;
	readonly question: string;
	/** Asked in the same conversation; it makes sense only to an agent that remembers the question. */
	readonly followUp: string;
	readonly triggerName: string;
}

/** What came of it. */
export interface Journey {
	readonly path: string;
	readonly runtime: string;
	readonly agentIds: readonly string[];
	readonly answer: InvokeAgentOutput;
	readonly followUpAnswer: InvokeAgentOutput;
	/** Milliseconds for the first answer, the platform's own work included. */
	readonly answerMs: number;
	readonly triggerId: string;
	readonly executionId: string;
}

/** The calls of the mission through one path: test the connection, list, ask twice, find or create, dispatch. */
export async function travel(path: Path, itinerary: Itinerary): Promise<Journey> {
	const { connection, agentId, question, followUp, triggerName } = itinerary;
	const host = await path.open(connection);
	try {
		await host.testConnection();
		const agents = await runStep(host, 'listAgents', {});
		const startedAt = performance.now();
		const answer = await runStep(host, 'invokeAgent', { agentId, message: question });
		const answerMs = Math.round(performance.now() - startedAt);
		const { sessionId } = answer;
		const followUpAnswer = await runStep(host, 'invokeAgent', { agentId, message: followUp, sessionId });
		const { triggerId } = await runStep(host, 'findOrCreateTrigger', { agentId, name: triggerName });
		const { executionId } = await runStep(host, 'dispatchAgent', { triggerId, message: question });
		return {
			path: path.name,
			runtime: host.runtime,
			agentIds: agents.map(({ id }) => id),
			answer,
			followUpAnswer,
			answerMs,
			triggerId,
			executionId,
		};
	} finally {
		await host.close();
	}
}
