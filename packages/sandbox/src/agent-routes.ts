import { Hono } from 'hono';
import { z } from 'zod';
import type { Agent } from './agents.ts';
import { agentById } from './agents.ts';
import { requires } from './auth.ts';
import { validated } from './body.ts';
import type { SandboxEnv } from './env.ts';
import type { Sessions } from './sessions.ts';
import { assumed, documented, inferred } from './wire-marks.ts';

export const WireAgent = z.object({
	id: documented(z.uuid()),
	name: documented(z.string()),
	commercial_name: documented(z.string()),
	bio: documented(z.string()),
	type: documented(z.string()),
	status: documented(z.enum(['draft', 'published', 'archived'])),
	tags: documented(z.array(z.string())),
	tools_count: assumed(z.int()),
});

export const WireSession = z.object({
	id: documented(z.uuid()),
	created_at: documented(z.iso.datetime()),
	updated_at: documented(z.iso.datetime()),
	message_count: inferred(z.int()),
});

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

export function agentRoutes(agents: readonly Agent[], sessions: Sessions): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();

	routes.get('/', requires('agents:read'), c => c.json({ success: true, data: agents.map(toWire) }));

	routes.get('/:agentId/sessions', requires('sessions:read'), c => {
		const agent = agentById(agents, c.req.param('agentId'));
		const { limit, offset, include_expired } = validated(SessionsQuery, c.req.query());
		const page = sessions.ofAgent(agent.id, { limit, offset, includeExpired: include_expired });
		const data: z.infer<typeof WireSession>[] = page.map(session => ({
			id: session.id,
			created_at: new Date(session.createdAt).toISOString(),
			updated_at: new Date(session.updatedAt).toISOString(),
			message_count: session.messageCount,
		}));
		return c.json({ success: true, data });
	});

	return routes;
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
