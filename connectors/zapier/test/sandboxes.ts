import { fileURLToPath } from 'node:url';
import { type ProfileName, type Sandbox, startSandbox } from '@zihin/sandbox';
import { openHost, type ZapierHost } from './host.ts';

export const AGENTS = {
	echo: '00000000-0000-4000-8000-000000000001',
	oneSecond: '00000000-0000-4000-8000-000000000002',
	twentySeconds: '00000000-0000-4000-8000-000000000003',
	ninetySeconds: '00000000-0000-4000-8000-000000000004',
	fails: '00000000-0000-4000-8000-000000000005',
} as const;

/** Agents that think for two seconds, one for each test that switches faults on. */
export const sleeper = (number: number) => `00000000-0000-4000-8000-00000000010${number}`;

export const PROFILES: readonly ProfileName[] = ['full', 'bare'];

export function startAgents(profile: ProfileName, speed = 1): Promise<Sandbox> {
	return startSandbox({
		port: 0,
		agents: fileURLToPath(new URL('agents.yaml', import.meta.url)),
		profile,
		speed,
		callbacks: { retryDelaysMs: [200, 500, 1000] },
	});
}

export function openZapier(sandbox: Sandbox, apiKey: string = sandbox.keys.admin): Promise<ZapierHost> {
	return openHost({ apiKey, baseUrl: sandbox.url, allowHttp: true });
}

/** Switches a fault on for an agent, once. */
export async function switchFault(
	sandbox: Sandbox,
	agentId: string,
	fault: { readonly name: string; readonly value?: unknown },
): Promise<void> {
	const answer = await fetch(`${sandbox.url}/sandbox/api/faults`, {
		method: 'PUT',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ agent_id: agentId, faults: [{ ...fault, times: 1 }] }),
	});
	if (!answer.ok) throw new Error(await answer.text());
}
