import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyRules } from './body.ts';
import type { Activity } from './console/activity.ts';
import type { ConsoleDependencies } from './console/console.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { controlRoutes } from './console/control-routes.ts';
import { recordRequests } from './console/record-requests.ts';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';
import { injectFaults } from './faults/inject.ts';
import { faultRoutes } from './faults/routes.ts';
import { sameOriginOnly } from './local-only.ts';
import type { OpenApiDocument } from './openapi/document.ts';
import { RateLimits, rateLimited } from './rate-limit.ts';
import { sendFrames } from './send-frames.ts';
import { storageError } from './storage-error.ts';
import type { StreamDependencies } from './stream.ts';
import { zihinWire } from './zihin-wire.ts';
import { zoneControlRoutes } from './zone/control-routes.ts';
import { type CxpaDependencies, cxpaWire } from './zone/cxpa-wire.ts';
import type { Visitors } from './zone/visitors.ts';
import { type ZoneApp, zoneProxy } from './zone/zone-proxy.ts';
import type { Zone } from './zone/zones.ts';

export interface AppOptions extends CxpaDependencies, StreamDependencies, ConsoleDependencies {
	readonly maxBodyBytes: number;
	readonly rateLimitPerMinute: number;
	readonly activity: Activity;
	readonly zones: readonly Zone[];
	readonly zoneApps: readonly ZoneApp[];
	readonly visitors: Visitors;
}

/** On every answer, whoever gives it. */
export const COMMON_HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' } as const;

/** All routes of the wire, behind the checks that each of them needs. */
export function createApp(options: AppOptions): Hono<SandboxEnv> {
	const { agents, triggers, background, profile, faults, activity, zones, visitors } = options;
	const app = new Hono<SandboxEnv>();

	app.use(async (c, next) => {
		const requestId = newRequestId();
		c.set('requestId', requestId);
		if (profile.requestIdHeader) c.header('X-Request-Id', requestId);
		for (const [name, value] of Object.entries(COMMON_HEADERS)) c.header(name, value);
		await next();
	});
	const zihin = zihinWire(options);
	// A later one takes its paths from an earlier one's pattern.
	const platforms = [zihin, cxpaWire(options, zones)];
	for (const platform of platforms) {
		for (const path of platform.paths) {
			app.use(path, async (c, next) => {
				c.set('platform', platform);
				await next();
			});
		}
	}
	app.use(sendFrames);
	app.use(recordRequests(activity));
	app.use(sameOriginOnly);
	// Before the rules for bodies: a zone app takes forms as well.
	app.route('/', zoneProxy(options.zoneApps, visitors));
	const limited = rateLimited(new RateLimits(options.rateLimitPerMinute));
	const faulty = injectFaults({ faults, triggers, stopping: background.stopping });
	app.use((c, next) => (c.get('platform')?.rateLimited ? limited(c, next) : next()));
	app.use(bodyRules(options.maxBodyBytes));
	app.use((c, next) => (c.get('platform') ? faulty(c, next) : next()));
	for (const { routes } of platforms) app.route('/', routes);
	let document: OpenApiDocument | undefined;
	app.get('/openapi.json', async c => {
		// What writes the document is loaded when somebody asks for it, not in the start of every sandbox.
		const { openApiDocument } = await import('./openapi/document.ts');
		document ??= openApiDocument(platforms);
		return c.json(document);
	});
	app.route('/sandbox/api', controlRoutes(options));
	app.route('/sandbox/api/faults', faultRoutes(agents, faults));
	app.route('/sandbox/api/zones', zoneControlRoutes(zones, visitors));
	app.route('/', consoleRoutes(options, platforms));

	app.notFound(c => {
		const error = new WireError(404, 'NOT_FOUND', 'The sandbox has no such route.');
		return (c.get('platform') ?? zihin).errorAnswer(c, error);
	});
	app.onError((thrown, c) => {
		const known = thrown instanceof WireError ? thrown : storageError(thrown);
		if (!known) console.error('The sandbox failed to answer a request:', thrown);
		const error = known ?? new WireError(500, 'INTERNAL_ERROR', 'The sandbox failed to answer.');
		// The rest of a body that is not wanted would otherwise be read to keep the connection.
		if (error.status === 413) c.header('Connection', 'close');
		return (c.get('platform') ?? zihin).errorAnswer(c, error);
	});
	return app;
}

export function newRequestId(): string {
	return `req_${randomUUID()}`;
}
