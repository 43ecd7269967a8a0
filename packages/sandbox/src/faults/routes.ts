import { Hono } from 'hono';
import { z } from 'zod';
import { type Agent, agentById } from '../agents.ts';
import { readJson } from '../body.ts';
import type { SandboxEnv } from '../env.ts';
import { FAULTS, faultFrom } from './fault.ts';
import type { ArmedFault, FaultRegistry } from './registry.ts';

const SwitchFaults = z.strictObject({
	/** Left out or `null`: every agent, and the calls that name none. */
	agent_id: z.string().nullable().default(null),
	faults: z
		.array(
			z.strictObject({
				name: z.string(),
				value: z.unknown().optional(),
				/** How many requests it hits before it is off; left out, all. */
				times: z.int().min(1).max(1_000_000).optional(),
			}),
		)
		.max(FAULTS.length),
});

/** The switches: no key is needed, because only this machine gets here, and no other site's page. */
export function faultRoutes(agents: readonly Agent[], faults: FaultRegistry): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();
	const state = () => ({ data: faults.list().map(toJson), available: FAULTS });

	routes.get('/', c => c.json(state()));

	routes.put('/', async c => {
		const { agent_id: id, faults: wanted } = await readJson(c, SwitchFaults);
		const agentId = id === null ? null : agentById(agents, id).id;
		faults.set(
			agentId,
			wanted.map(({ name, value, times }) => ({ fault: faultFrom(name, value), remaining: times ?? null })),
		);
		return c.json(state());
	});

	routes.delete('/', c => {
		faults.clear();
		return c.json(state());
	});

	return routes;
}

function toJson({ agentId, fault, remaining }: ArmedFault) {
	return { agent_id: agentId, ...fault, remaining };
}
