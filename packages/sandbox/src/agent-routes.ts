import { z } from 'zod';
import type { Agent } from './agents.ts';
import { agentById } from './agents.ts';
import type { JsonOperation, OperationRoutes } from './openapi/operation.ts';
import type { Sessions } from './sessions.ts';
import { success } from './success.ts';
import { assumed, documented, inferred } from './wire-marks.ts';

export const WireAgent = z
	.object({
		id: documented(z.uuid()),
		name: documented(z.string()),
		commercial_name: documented(z.string()),
		bio: documented(z.string()),
		type: documented(z.string()),
		status: documented(z.enum(['draft', 'published', 'archived'])),
		tags: documented(z.array(z.string())),
		tools_count: assumed(z.int()),
	})
	.meta({ id: 'Agent' });

export const WireSession = z
	.object({
		id: documented(z.uuid()),
		created_at: documented(z.iso.datetime()),
		updated_at: documented(z.iso.datetime()),
		message_count: inferred(z.int()),
	})
	.meta({ id: 'Session' });

const SessionsQuery = z.object({
	limit: documented(z.coerce.number().int().min(1).max(100).default(20)),
	offset: documented(z.coerce.number().int().min(0).max(1_000_000_000).default(0)),
	include_expired: documented(
		z
			.enum(['true', 'false'])
			.default('false')
			.transform(value => value === 'true'),
	),
});

const listAgents = {
	method: 'get',
	path: '/api/v2/agents',
	summary: 'The agents that the key may talk to.',
	access: 'agents:read',
	status: 200,
	answer: success({ data: documented(z.array(WireAgent)) }),
} as const satisfies JsonOperation;

export const AgentPath = z.object({ agentId: documented(z.string()) });

const listSessions = {
	method: 'get',
	path: '/api/v2/agents/{agentId}/sessions',
	summary: "An agent's sessions, newest first.",
	access: 'sessions:read',
	params: AgentPath,
	query: SessionsQuery,
	status: 200,
	answer: success({ data: documented(z.array(WireSession)) }),
} as const satisfies JsonOperation;

export function agentRoutes(routes: OperationRoutes, agents: readonly Agent[], sessions: Sessions): void {
	routes.json(listAgents).answeredBy(() => ({ success: true, data: agents.map(toWire) }));

	routes.json(listSessions).answeredBy(({ params, query: { limit, offset, include_expired } }) => {
		const agent = agentById(agents, params.agentId);
		const page = sessions.ofAgent(agent.id, { limit, offset, includeExpired: include_expired });
		const data = page.map(session => ({
			id: session.id,
			created_at: new Date(session.createdAt).toISOString(),
			updated_at: new Date(session.updatedAt).toISOString(),
			message_count: session.messageCount,
		}));
		return { success: true, data };
	});
}

function toWire(agent: Agent): z.infer<typeof WireAgent> {
	return {
		id: agent.id,
		name: agent.name,
		commercial_name: agent.commercialName,
		bio: agent.bio,
		type: agent.type,
		status: agent.status,
		tags: [...agent.tags],
		tools_count: agent.toolsCount,
	};
}
