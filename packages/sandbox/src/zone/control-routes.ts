import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { readJson } from '../body.ts';
import type { SandboxEnv } from '../env.ts';
import { WireError } from '../error-envelope.ts';
import { DEFAULT_TOKEN_LIFETIME_SECONDS, type MintOptions, mintZoneToken } from './tokens.ts';
import type { Visitors } from './visitors.ts';
import { environmentOf, type Zone } from './zones.ts';

const DAY_SECONDS = 86_400;

const Visitor = z.strictObject({
	role: z.enum(['owner', 'member', 'admin']).default('member'),
	userId: z.string().optional(),
	userName: z.string().nullable().optional(),
	userEmail: z.string().optional(),
	/** Negative for a token that has expired. */
	expiresInSeconds: z.int().min(-DAY_SECONDS).max(DAY_SECONDS).default(DEFAULT_TOKEN_LIFETIME_SECONDS),
});

/** What the platform's admin would hand to the maker of a zone. No key is needed: only this machine gets here. */
export function zoneControlRoutes(zones: readonly Zone[], visitors: Visitors): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();
	const zoneOf = (c: Context<SandboxEnv>): Zone => {
		const zone = zones.find(({ agentId }) => String(agentId) === c.req.param('agentId'));
		if (zone) return zone;
		throw new WireError(404, 'NOT_FOUND', 'There is no such zone.');
	};

	routes.get('/', c => {
		const origin = new URL(c.req.url).origin;
		return c.json({ data: zones.map(zone => described(zone, origin)) });
	});

	routes.post('/:agentId/tokens', async c => c.json(await mintZoneToken(zoneOf(c), await visitorIn(c)), 201));

	routes.put('/:agentId/visitor', async c => {
		const visitor = await visitorIn(c);
		visitors.choose(zoneOf(c), visitor);
		return c.json(visitor);
	});

	routes.post('/:agentId/secrets', c => {
		const { secrets } = zoneOf(c);
		secrets.rotate();
		return c.json({ current: secrets.current, accepted: secrets.accepted }, 201);
	});

	routes.delete('/:agentId/secrets', c => {
		const { secrets } = zoneOf(c);
		secrets.retire();
		return c.json({ current: secrets.current, accepted: secrets.accepted });
	});

	return routes;
}

async function visitorIn(c: Context<SandboxEnv>): Promise<MintOptions> {
	const { role, expiresInSeconds, userId, userName, userEmail } = await readJson(c, Visitor);
	return {
		role,
		expiresInSeconds,
		...(userId !== undefined && { userId }),
		...(userName !== undefined && { userName }),
		...(userEmail !== undefined && { userEmail }),
	};
}

function described(zone: Zone, origin: string) {
	const { agent, agentId, ingestApiKey, agentApiKey } = zone;
	return { agentId, name: agent.name, ingestApiKey, agentApiKey, environment: environmentOf(zone, origin) };
}
