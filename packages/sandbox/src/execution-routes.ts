import { z } from 'zod';
import { WireError } from './error-envelope.ts';
import type { Executions, RecordedExecution } from './executions.ts';
import type { JsonOperation, OperationRoutes } from './openapi/operation.ts';
import { PageQuery, Pagination, pagination } from './paging.ts';
import { WireSource, WireUsage } from './stream-schema.ts';
import { success } from './success.ts';
import { TriggerPath } from './trigger-routes.ts';
import type { Triggers } from './triggers.ts';
import { wireUsage } from './usage.ts';
import { assumed, documented, inferred } from './wire-marks.ts';

/** Only the two paths are documented; of the fields, `id` apart, no public page speaks. */
export const WireExecution = z
	.object({
		id: documented(z.uuid()),
		trigger_id: assumed(z.uuid().nullable()),
		agent_id: assumed(z.uuid()),
		session_id: assumed(z.guid()),
		status: assumed(z.enum(['pending', 'running', 'completed', 'failed', 'timeout', 'cancelled'])),
		input: assumed(z.unknown().describe('The body that was dispatched.')),
		output: assumed(
			z.object({ response: assumed(z.string()), sources: assumed(z.array(WireSource)) }).nullable(),
		),
		usage: assumed(WireUsage.nullable()),
		model: assumed(z.string()),
		error: assumed(z.object({ code: assumed(z.string()), message: assumed(z.string()) }).nullable()),
		outcome: assumed(z.enum(['COMPLETED', 'TIMEOUT']).nullable()),
		created_at: assumed(z.iso.datetime()),
		started_at: assumed(z.iso.datetime().nullable()),
		completed_at: assumed(z.iso.datetime().nullable()),
		duration_ms: assumed(z.int().nullable()),
		callback: assumed(
			z
				.object({
					url_host: assumed(z.string()),
					status: assumed(z.enum(['pending', 'delivered', 'failed'])),
					attempts: assumed(z.int()),
					last_status: assumed(z.int().nullable()),
				})
				.nullable(),
		),
	})
	.meta({ id: 'Execution' });

const listExecutions = {
	method: 'get',
	path: '/api/triggers/{id}/executions',
	summary: 'What became of dispatches to a trigger, newest first.',
	access: 'executions:read',
	params: TriggerPath,
	query: PageQuery,
	status: 200,
	answer: success({
		data: documented(z.array(WireExecution)),
		pagination: inferred(Pagination),
	}),
} as const satisfies JsonOperation;

const getExecution = {
	method: 'get',
	path: '/api/triggers/{id}/executions/{executionId}',
	summary: 'One dispatch, whatever its state.',
	access: 'executions:read',
	params: TriggerPath.extend({ executionId: documented(z.string()) }),
	status: 200,
	answer: success({ data: WireExecution }),
} as const satisfies JsonOperation;

export function executionRoutes(routes: OperationRoutes, triggers: Triggers, executions: Executions): void {
	routes.json(listExecutions).answeredBy(({ params, query }) => {
		const { id } = triggers.get(params.id);
		const data = executions.ofTrigger(id, query.limit, (query.page - 1) * query.limit).map(toWire);
		const total = executions.countOfTrigger(id);
		return { success: true, data, pagination: pagination(query, total) };
	});

	routes.json(getExecution).answeredBy(({ params }) => {
		const { id } = triggers.get(params.id);
		const execution = executions.get(params.executionId);
		if (execution?.triggerId !== id) {
			throw new WireError(404, 'EXECUTION_NOT_FOUND', 'This trigger has no such execution.');
		}
		return { success: true, data: toWire(execution) };
	});
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
