import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import { type Agent, agentById } from './agents.ts';
import { requires } from './auth.ts';
import { readJson, validated } from './body.ts';
import type { SandboxEnv } from './env.ts';
import { PageQuery, pagination } from './paging.ts';
import { CreateTrigger, TriggerConfig, UpdateTrigger, type WireTrigger } from './trigger-schema.ts';
import type { Trigger, TriggerChange, Triggers } from './triggers.ts';

export function triggerRoutes(agents: readonly Agent[], triggers: Triggers): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();

	routes.post('/', requires('triggers:write'), async c => {
		const body = await readJson(c, CreateTrigger);
		const { id: agentId } = agentById(agents, body.agent_id);
		const { name, trigger_config: config, enabled } = body;
		const trigger = triggers.add({ agentId, name, config, enabled });
		const data = { ...toWire(trigger), webhook_secret: trigger.secret };
		return c.json({ success: true, data, webhook_url: webhookUrl(c, trigger) }, 201);
	});

	routes.get('/', requires('triggers:read'), c => {
		const query = validated(PageQuery, c.req.query());
		const page = triggers.page(query.limit, (query.page - 1) * query.limit);
		return c.json({ success: true, data: page.map(toWire), pagination: pagination(query, triggers.count()) });
	});

	routes.get('/:id', requires('triggers:read'), c => answer(c, triggers.get(c.req.param('id'))));

	routes.patch('/:id', requires('triggers:write'), async c => {
		const body = await readJson(c, UpdateTrigger);
		const trigger = triggers.get(c.req.param('id'));
		const change: TriggerChange = {
			...(body.name !== undefined && { name: body.name }),
			...(body.enabled !== undefined && { enabled: body.enabled }),
			...(body.trigger_config && {
				config: validated(TriggerConfig, { ...trigger.config, ...body.trigger_config }),
			}),
		};
		return answer(c, triggers.update(trigger.id, change));
	});

	routes.delete('/:id', requires('triggers:delete'), c => {
		triggers.delete(c.req.param('id'));
		return c.json({ success: true });
	});

	routes.post('/:id/enable', requires('triggers:write'), c =>
		answer(c, triggers.update(c.req.param('id'), { enabled: true })),
	);

	routes.post('/:id/disable', requires('triggers:write'), c =>
		answer(c, triggers.update(c.req.param('id'), { enabled: false })),
	);

	return routes;
}

function answer(c: Context<SandboxEnv>, trigger: Trigger) {
	return c.json({ success: true, data: toWire(trigger), webhook_url: webhookUrl(c, trigger) });
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
