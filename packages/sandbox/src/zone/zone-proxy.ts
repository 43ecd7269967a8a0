import { type Context, Hono } from 'hono';
import { proxy } from 'hono/proxy';
import type { SandboxEnv } from '../env.ts';
import { SandboxSetupError } from '../setup-error.ts';
import { mintZoneToken } from './tokens.ts';
import type { Visitors } from './visitors.ts';
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
 * own, for the visitor; assets without one.
 */
export function zoneProxy(apps: readonly ZoneApp[], visitors: Visitors): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();
	for (const app of apps) {
		const { pages, assets } = placeOf(app);
		for (const path of [pages, assets]) routes.all(`${path}/*`, c => passed(c, app, visitors));
	}
	return routes;
}

/** Where the platform serves an app. */
export function placeOf({ zone }: ZoneApp): { readonly pages: string; readonly assets: string } {
	return { pages: `/${ORG.slug}/${zone.slug}/app`, assets: `/assets/${ORG.slug}/${zone.slug}` };
}

/** What the platform says to an app about a request. `undefined` takes out what the caller has sent. */
export async function zoneHeaders(
	app: ZoneApp,
	visitors: Visitors,
	{ pathname, host }: { readonly pathname: string; readonly host: string | undefined },
): Promise<Record<string, string | undefined>> {
	const isAsset = pathname.startsWith(`${placeOf(app).assets}/`);
	return {
		// What the caller says of itself under these names is nobody's who has been checked.
		'x-zone-claims': undefined,
		'x-zone-token': isAsset ? undefined : (await mintZoneToken(app.zone, visitors.of(app.zone))).token,
		// Next compares a server action's Origin with these.
		'x-forwarded-host': host,
		'x-forwarded-proto': 'http',
		host: undefined,
	};
}

async function passed(c: Context<SandboxEnv>, app: ZoneApp, visitors: Visitors): Promise<Response> {
	const { pathname, search } = new URL(c.req.url);
	const host = c.req.header('host');
	try {
		return await proxy(app.origin + pathname + search, {
			raw: c.req.raw,
			redirect: 'manual',
			headers: {
				...c.req.header(),
				...(await zoneHeaders(app, visitors, { pathname, host })),
				connection: undefined,
			},
		});
	} catch {
		return c.text(`The zone app at ${app.origin} does not answer: is it running?\n`, 502);
	}
}

function originOf(slug: string, url: string): string {
	const { origin } = URL.canParse(url) ? new URL(url) : { origin: 'null' };
	if (/^https?:/.test(origin)) return origin;
	throw new SandboxSetupError(`The zone app of "${slug}" has to be at a URL such as http://localhost:4000.`);
}
