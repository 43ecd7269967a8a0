import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { agentRoutes } from './agent-routes.ts';
import type { Background } from './background.ts';
import { bodyRules } from './body.ts';
import { type DispatchDependencies, dispatchRoutes } from './dispatch.ts';
import type { SandboxEnv } from './env.ts';
import { errorBody, WireError } from './error-envelope.ts';
import { executionRoutes } from './execution-routes.ts';
import { sameOriginOnly } from './local-only.ts';
import { storageError } from './storage-error.ts';
import { streamRoutes } from './stream.ts';
import { triggerRoutes } from './trigger-routes.ts';
import { VERSION } from './version.ts';

export interface AppOptions extends DispatchDependencies {
	readonly background: Background;
	readonly maxBodyBytes: number;
}

/** On every answer, whoever gives it. */
export const COMMON_HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' } as const;

/** All routes of the wire, behind the checks that each of them needs. */
export function createApp(options: AppOptions): Hono<SandboxEnv> {
	const { agents, sessions, triggers, executions, maxBodyBytes } = options;
	const app = new Hono<SandboxEnv>();

	app.use(async (c, next) => {
		const requestId = newRequestId();
		c.set('requestId', requestId);
		c.header('X-Request-Id', requestId);
		for (const [name, value] of Object.entries(COMMON_HEADERS)) c.header(name, value);
		await next();
	});
	app.use(sameOriginOnly);
	app.use(bodyRules(maxBodyBytes));

	app.get('/health', c => c.json({ status: 'ok', version: VERSION }));
	app.route('/api/v2/agents', agentRoutes(agents, sessions));
	app.route('/api/v2/agents', streamRoutes(options));
	app.route('/api/triggers', dispatchRoutes(options));
	app.route('/api/triggers', triggerRoutes(agents, triggers));
	app.route('/api/triggers', executionRoutes(triggers, executions));

	app.notFound(c => {
		const error = new WireError(404, 'NOT_FOUND', 'The sandbox has no such route.');
		return c.json(errorBody(error, c.get('requestId')), 404);
	});
	app.onError((thrown, c) => {
		const known = thrown instanceof WireError ? thrown : storageError(thrown);
		if (!known) console.error('The sandbox failed to answer a request:', thrown);
		const error = known ?? new WireError(500, 'INTERNAL_ERROR', 'The sandbox failed to answer.');
		// The rest of a body that is not wanted would otherwise be read to keep the connection.
		if (error.status === 413) c.header('Connection', 'close');
		return c.json(errorBody(error, c.get('requestId')), error.status);
	});
	return app;
}

export function newRequestId(): string {
	return `req_${randomUUID()}`;
}
