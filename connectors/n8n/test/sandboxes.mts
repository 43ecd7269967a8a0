import { startAgents as start } from '@zihin/connector-kit/testing/scripted-sandbox';
import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { inject } from 'vitest';
import { type N8nHost, openHost } from './host.mts';

export { PROFILES, sleeper, switchFaults } from '@zihin/connector-kit/testing/scripted-sandbox';

export const AGENTS = {
	echo: '00000000-0000-4000-8000-000000000001',
	oneSecond: '00000000-0000-4000-8000-000000000002',
	twentySeconds: '00000000-0000-4000-8000-000000000003',
	fails: '00000000-0000-4000-8000-000000000005',
	thinksAloud: '00000000-0000-4000-8000-000000000006',
} as const;

export const startAgents = (profile: ProfileName) => start(import.meta.url, profile);

/** n8n with the packed package in it, and a credential for the sandbox. */
export function openN8n(sandbox: Sandbox, apiKey: string = sandbox.keys.admin): Promise<N8nHost> {
	return openHost({ apiKey, baseUrl: sandbox.url, allowHttp: true }, inject('installed'));
}
