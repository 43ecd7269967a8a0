import { type Context, Hono } from 'hono';
import { proxy } from 'hono/proxy';
import type { SandboxEnv } from '../env.ts';
import { SandboxSetupError } from '../setup-error.ts';
import { DEFAULT_TOKEN_LIFETIME_SECONDS, mintZoneToken } from './tokens.ts';
import { ORG, type Zone } from './zones.ts';

/** A zone app that runs somewhere, and the agent that it belongs to. */
export interface ZoneApp {
	readonly zone: Zone;
	readonly origin: string;
}

/**
 * @param urls by the slug of the agent
 * @throws {SandboxSetupError} for an app of no agent, or one that is nowhere.
 */
export function zoneAppsOf(zones: readonly Zone[], urls: Readonly<Record<string, string>>): ZoneApp[] {
	return Object.entries(urls).map(([slug, url]) => {
		const zone = zones.find(candidate => candidate.slug === slug);
		if (zone) return { zone, origin: originOf(slug, url) };
		const known = zones.map(candidate => candidate.slug).join(', ');
		throw new SandboxSetupError(`There is no agent "${slug}" for a zone app: ${known}.`);
	});
}

/**
 * Passes what is asked below an agent's place to its zone app, as the platform does: every request with a token of its
 * own, for a member; assets without one.
 */
export function zoneProxy(apps: readonly ZoneApp[]): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();
	for (const { zone, origin } of apps) {
		routes.all(`/${ORG.slug}/${zone.slug}/app/*`, async c => {
			const who = { role: 'member', expiresInSeconds: DEFAULT_TOKEN_LIFETIME_SECONDS } as const;
			return passed(c, origin, (await mintZoneToken(zone, who)).token);
		});
		routes.all(`/assets/${ORG.slug}/${zone.slug}/*`, c => passed(c, origin, undefined));
	}
	return routes;
}

async function passed(c: Context<SandboxEnv>, origin: string, token: string | undefined): Promise<Response> {
	const { pathname, search } = new URL(c.req.url);
	try {
		return await proxy(origin + pathname + search, {
			raw: c.req.raw,
			redirect: 'manual',
			headers: {
				...c.req.header(),
				// What the caller says of itself under these names is nobody's who has been checked.
				'X-Zone-Claims': undefined,
				'X-Zone-Token': token,
				// Next compares a server action's Origin with these.
				'X-Forwarded-Host': c.req.header('host'),
				'X-Forwarded-Proto': 'http',
				Host: undefined,
				Connection: undefined,
			},
		});
	} catch {
		return c.text(`The zone app at ${origin} does not answer: is it running?\n`, 502);
	}
}

function originOf(slug: string, url: string): string {
	const { origin } = URL.canParse(url) ? new URL(url) : { origin: 'null' };
	if (/^https?:/.test(origin)) return origin;
	throw new SandboxSetupError(`The zone app of "${slug}" has to be at a URL such as http://localhost:4000.`);
}
