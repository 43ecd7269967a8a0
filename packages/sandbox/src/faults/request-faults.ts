import { type Fault, type FaultName, type FaultOf, faultFrom } from './fault.ts';
import { type FaultRegistry, isOneOf } from './registry.ts';

/** `<name>[=<value>]`, with commas between several: faults for this one request. In a URL a comma is written %2C. */
export const FAULT_HEADER = 'X-Sandbox-Fault';

/** The faults of one request: those of its header first, then those that are switched on. */
export class RequestFaults {
	readonly #registry: FaultRegistry;
	#own: readonly Fault[];

	/** @throws {WireError} 400, when the header names no fault or gives one a value that it cannot have. */
	constructor(header: string | undefined, registry: FaultRegistry) {
		this.#registry = registry;
		this.#own = parse(header ?? '');
	}

	/** The first fault of these names for the agent. Each one of the header is given once. */
	take<Name extends FaultName>(
		agentId: string | undefined,
		names: readonly Name[],
	): FaultOf<Name> | undefined {
		for (const fault of this.#own) {
			if (!isOneOf(fault, names)) continue;
			this.#own = this.#own.filter(other => other !== fault);
			return fault;
		}
		return this.#registry.take(agentId, names);
	}
}

function parse(header: string): Fault[] {
	return header
		.split(',')
		.map(part => part.trim())
		.filter(part => part !== '')
		.map(part => {
			const [, name = '', value] = /^([^=]*)(?:=(.*))?$/.exec(part) ?? [];
			return faultFrom(name.trim(), value?.trim());
		});
}
