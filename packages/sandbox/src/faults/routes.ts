import { Hono } from 'hono';
import { z } from 'zod';
import { type Agent, agentById } from '../agents.ts';
import { readJson } from '../body.ts';
import type { SandboxEnv } from '../env.ts';
import { FAULTS, faultFrom } from './fault.ts';
import type { ArmedFault, FaultRegistry } from './registry.ts';

const WantedFault = z.strictObject({
	name: z.string(),
	value: z.unknown().optional(),
	/** How many requests it hits before it is off; left out, all. */
	times: z.int().min(1).max(1_000_000).optional(),
});
/** Left out or `null`: every agent, and the calls that name none. */
const AgentId = z.string().nullable().default(null);
const SwitchFaults = z.strictObject({ agent_id: AgentId, faults: z.array(WantedFault).max(FAULTS.length) });
const SwitchOn = WantedFault.extend({ agent_id: AgentId });

/** The switches: no key is needed, because only this machine gets here, and no other site's page. */
export function faultRoutes(agents: readonly Agent[], faults: FaultRegistry): Hono<SandboxEnv> {
	const routes = new Hono<SandboxEnv>();
	const state = () => ({ data: faults.list().map(toJson), available: FAULTS });
	const known = (id: string | null) => (id === null ? null : agentById(agents, id).id);
	const others = (agentId: string | null, name: string) =>
		faults.list().filter(armed => armed.agentId === agentId && armed.fault.name !== name);

	routes.get('/', c => c.json(state()));

	routes.put('/', async c => {
		const { agent_id: id, faults: wanted } = await readJson(c, SwitchFaults);
		const agentId = known(id);
		faults.set(agentId, wanted.map(armed));
		return c.json(state());
	});

	routes.post('/', async c => {
		const { agent_id: id, ...wanted } = await readJson(c, SwitchOn);
		const agentId = known(id);
		faults.set(agentId, [...others(agentId, wanted.name), armed(wanted)]);
		return c.json(state());
	});

	routes.delete('/:name', c => {
		const agentId = known(c.req.query('agent_id') ?? null);
		faults.set(agentId, others(agentId, c.req.param('name')));
		return c.json(state());
	});

	routes.delete('/', c => {
		faults.clear();
		return c.json(state());
	});

	return routes;
}

function armed({ name, value, times }: z.infer<typeof WantedFault>): Omit<ArmedFault, 'agentId'> {
	return { fault: faultFrom(name, value), remaining: times ?? null };
}

function toJson({ agentId, fault, remaining }: ArmedFault) {
	return { agent_id: agentId, ...fault, remaining };
}
