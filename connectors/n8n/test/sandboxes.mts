import { fileURLToPath } from 'node:url';
import { type ProfileName, type Sandbox, startSandbox } from '@zihin/sandbox';
import { inject } from 'vitest';
import { type N8nHost, openHost } from './host.mts';

export const AGENTS = {
	echo: '00000000-0000-4000-8000-000000000001',
	oneSecond: '00000000-0000-4000-8000-000000000002',
	twentySeconds: '00000000-0000-4000-8000-000000000003',
	fails: '00000000-0000-4000-8000-000000000005',
	thinksAloud: '00000000-0000-4000-8000-000000000006',
} as const;

/** Agents that think for three seconds, one for each test that switches faults on. */
export const sleeper = (number: number) => `00000000-0000-4000-8000-00000000010${number}`;

export const PROFILES: readonly ProfileName[] = ['full', 'bare'];

export function startAgents(profile: ProfileName): Promise<Sandbox> {
	return startSandbox({
		port: 0,
		agents: fileURLToPath(new URL('agents.yaml', import.meta.url)),
		profile,
		callbacks: { retryDelaysMs: [200, 500, 1000, 2000, 2000] },
	});
}

/** n8n with the packed package in it, and a credential for the sandbox. */
export function openN8n(sandbox: Sandbox, apiKey: string = sandbox.keys.admin): Promise<N8nHost> {
	return openHost({ apiKey, baseUrl: sandbox.url, allowHttp: true }, inject('installed'));
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
