import type { Fault, FaultName, FaultOf } from './fault.ts';

export interface ArmedFault {
	/** `null`: every agent, and the calls that name none. */
	readonly agentId: string | null;
	readonly fault: Fault;
	/** How many requests it will still hit; `null`: until it is switched off. */
	readonly remaining: number | null;
}

/** The faults that are switched on. They live in memory: a sandbox that starts again starts sound. */
export class FaultRegistry {
	#armed: ArmedFault[] = [];

	/** Replaces the faults of one agent, or those of all agents. */
	set(agentId: string | null, faults: readonly Omit<ArmedFault, 'agentId'>[]): void {
		const others = this.#armed.filter(armed => armed.agentId !== agentId);
		this.#armed = [...others, ...faults.map(fault => ({ ...fault, agentId }))];
	}

	clear(): void {
		this.#armed = [];
	}

	list(): readonly ArmedFault[] {
		return this.#armed;
	}

	/** The first fault of these names that is on for the agent, counted as one hit. */
	take<Name extends FaultName>(
		agentId: string | undefined,
		names: readonly Name[],
	): FaultOf<Name> | undefined {
		for (const armed of this.#armed) {
			if (armed.agentId !== null && armed.agentId !== agentId) continue;
			if (!isOneOf(armed.fault, names)) continue;
			this.#countDown(armed);
			return armed.fault;
		}
		return undefined;
	}

	#countDown(hit: ArmedFault): void {
		const { remaining } = hit;
		if (remaining === null) return;
		const left = remaining > 1 ? [{ ...hit, remaining: remaining - 1 }] : [];
		this.#armed = this.#armed.flatMap(armed => (armed === hit ? left : [armed]));
	}
}

export function isOneOf<Name extends FaultName>(
	fault: Fault,
	names: readonly Name[],
): fault is FaultOf<Name> {
	return names.some(name => name === fault.name);
}
