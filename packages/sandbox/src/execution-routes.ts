import { Hono } from 'hono';
import { z } from 'zod';
import { requires } from './auth.ts';
import { validated } from './body.ts';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';
import type { Executions, RecordedExecution } from './executions.ts';
import { PageQuery, pagination } from './paging.ts';
import { WireSource, WireUsage } from './stream-schema.ts';
import type { Triggers } from './triggers.ts';
import { wireUsage } from './usage.ts';
import { assumed, documented } from './wire-marks.ts';

/** Only the two paths are documented; of the fields, `id` apart, no public page speaks. */
export const WireExecution = z.object({
	id: documented(z.uuid()),
	trigger_id: assumed(z.uuid().nullable()),
	agent_id: assumed(z.uuid()),
	session_id: assumed(z.guid()),
	status: assumed(z.enum(['pending', 'running', 'completed', 'failed', 'timeout', 'cancelled'])),
	input: assumed(z.unknown().describe('The body that was dispatched.')),
	output: assumed(z.object({ response: z.string(), sources: z.array(WireSource) }).nullable()),
	usage: assumed(WireUsage.nullable()),
	model: assumed(z.string()),
	error: assumed(z.object({ code: z.string(), message: z.string() }).nullable()),
	outcome: assumed(z.enum(['COMPLETED', 'TIMEOUT']).nullable()),
	created_at: assumed(z.iso.datetime()),
	started_at: assumed(z.iso.datetime().nullable()),
	completed_at: assumed(z.iso.datetime().nullable()),
	duration_ms: assumed(z.int().nullable()),
	callback: assumed(
		z
			.object({
				url_host: z.string(),
				status: z.enum(['pending', 'delivered', 'failed']),
				attempts: z.int(),
				last_status: z.int().nullable(),
			})
			.nullable(),
	),
});

export function executionRoutes(triggers: Triggers, executions: Executions): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();

	routes.get('/:id/executions', requires('executions:read'), c => {
		const { id } = triggers.get(c.req.param('id'));
		const query = validated(PageQuery, c.req.query());
		const page = executions.ofTrigger(id, query.limit, (query.page - 1) * query.limit);
		const total = executions.countOfTrigger(id);
		return c.json({ success: true, data: page.map(toWire), pagination: pagination(query, total) });
	});

	routes.get('/:id/executions/:executionId', requires('executions:read'), c => {
		const { id } = triggers.get(c.req.param('id'));
		const execution = executions.get(c.req.param('executionId'));
		if (execution?.triggerId !== id) {
			throw new WireError(404, 'EXECUTION_NOT_FOUND', 'This trigger has no such execution.');
		}
		return c.json({ success: true, data: toWire(execution) });
	});

	return routes;
}

function toWire(execution: RecordedExecution): z.infer<typeof WireExecution> {
	const { response, sources, usage, callback, status, startedAt, completedAt } = execution;
	return {
		id: execution.id,
		trigger_id: execution.triggerId,
		agent_id: execution.agentId,
		session_id: execution.sessionId,
		status,
		input: execution.input,
		output: response === null ? null : { response, sources: [...sources] },
		usage: usage && wireUsage(usage),
		model: execution.model,
		error: execution.error,
		outcome: status === 'completed' ? 'COMPLETED' : status === 'timeout' ? 'TIMEOUT' : null,
		created_at: new Date(execution.createdAt).toISOString(),
		started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
		completed_at: completedAt === null ? null : new Date(completedAt).toISOString(),
		// A clock that was set back must not make a run look shorter than nothing.
		duration_ms: startedAt === null || completedAt === null ? null : Math.max(0, completedAt - startedAt),
		callback: callback && {
			url_host: callback.urlHost,
			status: callback.status,
			attempts: callback.attempts,
			last_status: callback.lastStatus,
		},
	};
}
