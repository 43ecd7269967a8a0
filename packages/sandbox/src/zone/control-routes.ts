import { Hono } from 'hono';
import { z } from 'zod';
import { readJson } from '../body.ts';
import type { SandboxEnv } from '../env.ts';
import { WireError } from '../error-envelope.ts';
import { DEFAULT_TOKEN_LIFETIME_SECONDS, mintZoneToken } from './tokens.ts';
import { ORG, type Zone } from './zones.ts';

const DAY_SECONDS = 86_400;

const Mint = z.strictObject({
	role: z.enum(['owner', 'member', 'admin']).default('member'),
	userId: z.string().optional(),
	userName: z.string().nullable().optional(),
	userEmail: z.string().optional(),
	/** Negative for a token that has expired. */
	expiresInSeconds: z.int().min(-DAY_SECONDS).max(DAY_SECONDS).default(DEFAULT_TOKEN_LIFETIME_SECONDS),
});

/** What the platform's admin would hand to the maker of a zone. No key is needed: only this machine gets here. */
export function zoneControlRoutes(zones: readonly Zone[]): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();

	routes.get('/', c => {
		const origin = new URL(c.req.url).origin;
		return c.json({ data: zones.map(zone => described(zone, origin)) });
	});

	routes.post('/:agentId/tokens', async c => {
		const zone = zones.find(({ agentId }) => String(agentId) === c.req.param('agentId'));
		if (!zone) throw new WireError(404, 'NOT_FOUND', 'There is no such zone.');
		const { role, expiresInSeconds, userId, userName, userEmail } = await readJson(c, Mint);
		const user = {
			...(userId !== undefined && { userId }),
			...(userName !== undefined && { userName }),
			...(userEmail !== undefined && { userEmail }),
		};
		return c.json(await mintZoneToken(zone, { role, expiresInSeconds, ...user }), 201);
	});

	return routes;
}

function described(
	{ agent, agentId, slug, secret, audience, ingestApiKey, agentApiKey }: Zone,
	origin: string,
) {
	return {
		agentId,
		name: agent.name,
		ingestApiKey,
		agentApiKey,
		environment: {
			ZONE_JWT_SECRET: secret,
			AUDIENCE_ID: audience,
			PLATFORM_API_BASE_URL: origin,
			PLATFORM_ORIGIN: origin,
			ZONE_ORG_SLUG: ORG.slug,
			ZONE_AGENT_SLUG: slug,
		},
	};
}
