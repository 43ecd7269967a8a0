import { startAgents as start } from '@zihin/connector-kit/testing/scripted-sandbox';
import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { openHost, type ZapierHost } from './host.ts';

export { PROFILES, sleeper, switchFaults } from '@zihin/connector-kit/testing/scripted-sandbox';

export const AGENTS = {
	echo: '00000000-0000-4000-8000-000000000001',
	oneSecond: '00000000-0000-4000-8000-000000000002',
	twentySeconds: '00000000-0000-4000-8000-000000000003',
	ninetySeconds: '00000000-0000-4000-8000-000000000004',
	fails: '00000000-0000-4000-8000-000000000005',
} as const;

export const startAgents = (profile: ProfileName, speed = 1) => start(import.meta.url, profile, { speed });

export function openZapier(sandbox: Sandbox, apiKey: string = sandbox.keys.admin): Promise<ZapierHost> {
	return openHost({ apiKey, baseUrl: sandbox.url, allowHttp: true });
}
