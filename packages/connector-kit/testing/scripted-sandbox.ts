import { fileURLToPath } from 'node:url';
import {
	type ProfileName,
	type RecordedExecution,
	type Sandbox,
	type SandboxOptions,
	startSandbox,
} from '@zihin/sandbox';

export type { ProfileName, Sandbox };

/** In the bare one nothing is deduplicated, signed or sent again. */
export const PROFILES: readonly ProfileName[] = ['full', 'bare'];

/** A sandbox with the agents of the file `agents.yaml` beside `importer`, which gets impatient with a callback sooner. */
export function startAgents(
	importer: string,
	profile: ProfileName,
	options: SandboxOptions = {},
): Promise<Sandbox> {
	return startSandbox({
		port: 0,
		agents: fileURLToPath(new URL('agents.yaml', importer)),
		profile,
		callbacks: { retryDelaysMs: [200, 500, 1000, 2000, 2000] },
		...options,
	});
}

/** Agents that think for some seconds, one for each test that switches faults on. */
export function sleeper(number: number): string {
	return `00000000-0000-4000-8000-00000000010${number}`;
}

export interface SwitchedFault {
	readonly name: string;
	readonly value?: unknown;
	/** How many requests it hits. Default 1. */
	readonly times?: number;
}

/** Sets what befalls an agent's calls, or all calls, in place of what was set before. */
export async function switchFaults(
	sandbox: Sandbox,
	faults: readonly SwitchedFault[],
	agentId?: string,
): Promise<void> {
	const answer = await fetch(`${sandbox.url}/sandbox/api/faults`, {
		method: 'PUT',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({
			agent_id: agentId ?? null,
			faults: faults.map(fault => ({ times: 1, ...fault })),
		}),
	});
	if (!answer.ok) throw new Error(await answer.text());
}

/** The runs that an agent was asked for in these words. */
export function dispatched(sandbox: Sandbox, message: string): readonly RecordedExecution[] {
	return sandbox.executions().filter(run => run.message === message);
}
