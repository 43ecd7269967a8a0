import type { Context } from 'hono';
import { z } from 'zod';
import { type Agent, agentById } from './agents.ts';
import { validated } from './body.ts';
import type { SandboxEnv } from './env.ts';
import type { JsonOperation, OperationRoutes } from './openapi/operation.ts';
import { PageQuery, Pagination, pagination } from './paging.ts';
import { success } from './success.ts';
import { CreateTrigger, TriggerConfig, UpdateTrigger, WireTrigger } from './trigger-schema.ts';
import type { Trigger, TriggerChange, Triggers } from './triggers.ts';
import { documented, inferred } from './wire-marks.ts';

export const TriggerPath = z.object({ id: documented(z.string()) });

const OneTrigger = success({ data: WireTrigger, webhook_url: documented(z.url()) });

const createTrigger = {
	method: 'post',
	path: '/api/triggers',
	summary: 'Makes a webhook trigger. No other answer shows its secret.',
	access: 'triggers:write',
	body: CreateTrigger,
	status: 201,
	answer: OneTrigger,
} as const satisfies JsonOperation;

const listTriggers = {
	method: 'get',
	path: '/api/triggers',
	summary: 'All triggers, newest first.',
	access: 'triggers:read',
	query: PageQuery,
	status: 200,
	answer: success({
		data: documented(z.array(WireTrigger)),
		pagination: inferred(Pagination),
	}),
} as const satisfies JsonOperation;

const getTrigger = {
	method: 'get',
	path: '/api/triggers/{id}',
	summary: 'One trigger.',
	access: 'triggers:read',
	params: TriggerPath,
	status: 200,
	answer: OneTrigger,
} as const satisfies JsonOperation;

const updateTrigger = {
	method: 'patch',
	path: '/api/triggers/{id}',
	summary: 'Changes what the body names.',
	access: 'triggers:write',
	params: TriggerPath,
	body: UpdateTrigger,
	status: 200,
	answer: OneTrigger,
} as const satisfies JsonOperation;

const deleteTrigger = {
	method: 'delete',
	path: '/api/triggers/{id}',
	summary: 'Deletes a trigger; its executions stay.',
	access: 'triggers:delete',
	params: TriggerPath,
	status: 200,
	answer: success({}),
} as const satisfies JsonOperation;

const enableTrigger = {
	method: 'post',
	path: '/api/triggers/{id}/enable',
	summary: 'Lets dispatches in.',
	access: 'triggers:write',
	params: TriggerPath,
	status: 200,
	answer: OneTrigger,
} as const satisfies JsonOperation;

const disableTrigger = {
	...enableTrigger,
	path: '/api/triggers/{id}/disable',
	summary: 'Refuses dispatches.',
} as const satisfies JsonOperation;

export function triggerRoutes(routes: OperationRoutes, agents: readonly Agent[], triggers: Triggers): void {
	routes.json(createTrigger).answeredBy(({ c, body }) => {
		const { id: agentId } = agentById(agents, body.agent_id);
		const { name, trigger_config: config, enabled } = body;
		const trigger = triggers.add({ agentId, name, config, enabled });
		const { data, ...rest } = answer(c, trigger);
		return { ...rest, data: { ...data, webhook_secret: trigger.secret } };
	});

	routes.json(listTriggers).answeredBy(({ query }) => {
		const data = triggers.page(query.limit, (query.page - 1) * query.limit).map(toWire);
		return { success: true, data, pagination: pagination(query, triggers.count()) };
	});

	routes.json(getTrigger).answeredBy(({ c, params }) => answer(c, triggers.get(params.id)));

	routes.json(updateTrigger).answeredBy(({ c, params, body }) => {
		const trigger = triggers.get(params.id);
		const change: TriggerChange = {
			...(body.name !== undefined && { name: body.name }),
			...(body.enabled !== undefined && { enabled: body.enabled }),
			...(body.trigger_config && {
				config: validated(TriggerConfig, { ...trigger.config, ...body.trigger_config }),
			}),
		};
		return answer(c, triggers.update(trigger.id, change));
	});

	routes.json(deleteTrigger).answeredBy(({ params }) => {
		triggers.delete(params.id);
		return { success: true };
	});

	for (const [operation, enabled] of [
		[enableTrigger, true],
		[disableTrigger, false],
	] as const) {
		routes.json(operation).answeredBy(({ c, params }) => answer(c, triggers.update(params.id, { enabled })));
	}
}

function answer(c: Context<SandboxEnv>, trigger: Trigger) {
	return { success: true as const, data: toWire(trigger), webhook_url: webhookUrl(c, trigger) };
}

/** As the caller reached the sandbox; its Host header has been checked. */
function webhookUrl(c: Context<SandboxEnv>, trigger: Trigger): string {
	return `${new URL(c.req.url).origin}/api/triggers/webhook/${trigger.id}`;
}

function toWire(trigger: Trigger): z.infer<typeof WireTrigger> {
	return {
		id: trigger.id,
		agent_id: trigger.agentId,
		name: trigger.name,
		trigger_type: 'webhook',
		trigger_config: trigger.config,
		enabled: trigger.enabled,
		created_at: new Date(trigger.createdAt).toISOString(),
		updated_at: new Date(trigger.updatedAt).toISOString(),
	};
}
