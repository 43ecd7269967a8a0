import { Hono } from 'hono';
import type { SandboxEnv } from '../env.ts';
import { WireError } from '../error-envelope.ts';
import type { ConsoleDependencies } from './console.ts';

/** What the console's buttons do, faults apart. Only pages of this origin get here, so no key is asked for. */
export function controlRoutes({ triggers, callbacks, activity }: ConsoleDependencies): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();

	routes.use(async (c, next) => {
		await next();
		if (c.req.method === 'GET') return;
		activity.faultsChanged();
		activity.feed.listChanged('triggers');
	});

	for (const [action, enabled] of [
		['enable', true],
		['disable', false],
	] as const) {
		routes.post(`/triggers/:id/${action}`, c => {
			triggers.update(c.req.param('id'), { enabled });
			return c.json({ success: true });
		});
	}

	routes.delete('/triggers/:id', c => {
		triggers.delete(c.req.param('id'));
		return c.json({ success: true });
	});

	routes.post('/callbacks/:executionId/resend', c => {
		if (callbacks.resend(c.req.param('executionId'))) return c.json({ success: true });
		throw new WireError(
			409,
			'NOTHING_TO_SEND',
			'There is nothing to send: the run is not finished, or an attempt is under way.',
		);
	});

	return routes;
}
