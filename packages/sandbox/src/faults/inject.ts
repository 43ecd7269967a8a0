import { setTimeout as sleep } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import type { SandboxEnv } from '../env.ts';
import { WireError } from '../error-envelope.ts';
import type { Triggers } from '../triggers.ts';
import { DAMAGES, damage } from './damage.ts';
import { REFUSALS, refuse } from './refusal.ts';
import type { FaultRegistry } from './registry.ts';
import { FAULT_HEADER, RequestFaults } from './request-faults.ts';

export interface FaultDependencies {
	readonly faults: FaultRegistry;
	readonly triggers: Triggers;
	readonly stopping: AbortSignal;
}

/** Does to a request what its header, or what is switched on for its agent, says; hands the rest to the routes. */
export function injectFaults({
	faults: registry,
	triggers,
	stopping,
}: FaultDependencies): MiddlewareHandler<SandboxEnv> {
	return async (c, next) => {
		const faults = new RequestFaults(c.req.header(FAULT_HEADER), registry);
		c.set('faults', faults);
		const agentId = agentIdIn(c.req.path, triggers);

		const delay = faults.take(agentId, ['delay']);
		if (delay) await sleep(delay.value, undefined, { signal: stopping }).catch(() => {});
		if (stopping.aborted) throw new WireError(503, 'SANDBOX_STOPPED', 'The sandbox is closing.');

		const refusal = faults.take(agentId, REFUSALS);
		if (refusal) return refuse(c, refusal);
		const harm = faults.take(agentId, DAMAGES);
		if (harm) await damage(c, harm, next, stopping);
		else await next();
		return undefined;
	};
}

/** Whom a call is about, as far as its path tells. */
export function agentIdIn(path: string, triggers: Triggers): string | undefined {
	const [, agentId] = /^\/api\/v2\/agents\/([^/]+)/.exec(path) ?? [];
	if (agentId !== undefined) return agentId;
	const [, triggerId] = /^\/api\/triggers\/(?:webhook\/)?([^/]+)/.exec(path) ?? [];
	return triggerId === undefined ? undefined : triggers.find(triggerId)?.agentId;
}
