import { fileURLToPath } from 'node:url';
import { type ProfileName, type Sandbox, startSandbox } from '@zihin/sandbox';
import type { Values } from '../../../hosts/activepieces/calls.ts';
import type { FlowRun } from '../../../hosts/activepieces/flow-run.ts';

export const AGENTS = {
	echo: '00000000-0000-4000-8000-000000000001',
	oneSecond: '00000000-0000-4000-8000-000000000002',
	twentySeconds: '00000000-0000-4000-8000-000000000003',
	ninetySeconds: '00000000-0000-4000-8000-000000000004',
	fails: '00000000-0000-4000-8000-000000000005',
	outlasts: '00000000-0000-4000-8000-000000000006',
} as const;

/** Agents that think for three seconds, one for each test that switches faults on. */
export const sleeper = (number: number) => `00000000-0000-4000-8000-00000000010${number}`;

/** In the bare one nothing is deduplicated, signed or sent again. */
export const PROFILES: readonly ProfileName[] = ['full', 'bare'];

export function startAgents(profile: ProfileName): Promise<Sandbox> {
	return startSandbox({
		port: 0,
		agents: fileURLToPath(new URL('agents.yaml', import.meta.url)),
		profile,
		callbacks: { retryDelaysMs: [200, 500, 1000, 2000, 2000] },
	});
}

export function connectionTo(sandbox: Sandbox, baseUrl = sandbox.url): Values {
	return { apiKey: sandbox.keys.admin, baseUrl, allowHttp: true };
}

export function dispatched(sandbox: Sandbox, message: string) {
	return sandbox.executions().filter(run => run.message === message);
}

/** Switches faults on for all calls, or for an agent's; each hits once unless it says otherwise. */
export async function switchFaults(
	sandbox: Sandbox,
	faults: readonly { readonly name: string; readonly value?: unknown; readonly times?: number }[],
	agentId?: string,
): Promise<void> {
	const answer = await fetch(`${sandbox.url}/sandbox/api/faults`, {
		method: 'PUT',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ agent_id: agentId ?? null, faults }),
	});
	if (!answer.ok) throw new Error(await answer.text());
}

/** The last output of a step in a run that has ended. */
export async function outputOf(run: FlowRun, step = 'ask'): Promise<unknown> {
	await run.ended;
	const line = run.log.filter(logged => logged.step === step).at(-1);
	if (line?.status !== 'SUCCEEDED') throw new Error(`${step} ended as ${JSON.stringify(line)}`);
	return line.output;
}
