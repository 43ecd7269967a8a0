import { startAgents as start } from '@zihin/connector-kit/testing/scripted-sandbox';
import type { ProfileName, Sandbox } from '@zihin/sandbox';
import type { Values } from '../../../hosts/activepieces/calls.ts';
import type { FlowRun } from '../../../hosts/activepieces/flow-run.ts';

export { dispatched, PROFILES, sleeper, switchFaults } from '@zihin/connector-kit/testing/scripted-sandbox';

export const AGENTS = {
	echo: '00000000-0000-4000-8000-000000000001',
	oneSecond: '00000000-0000-4000-8000-000000000002',
	twentySeconds: '00000000-0000-4000-8000-000000000003',
	ninetySeconds: '00000000-0000-4000-8000-000000000004',
	fails: '00000000-0000-4000-8000-000000000005',
	outlasts: '00000000-0000-4000-8000-000000000006',
} as const;

export const startAgents = (profile: ProfileName) => start(import.meta.url, profile);

export function connectionTo(sandbox: Sandbox, baseUrl = sandbox.url): Values {
	return { apiKey: sandbox.keys.admin, baseUrl, allowHttp: true };
}

/** The last output of a step in a run that has ended. */
export async function outputOf(run: FlowRun, step = 'ask'): Promise<unknown> {
	await run.ended;
	const line = run.log.filter(logged => logged.step === step).at(-1);
	if (line?.status !== 'SUCCEEDED') throw new Error(`${step} ended as ${JSON.stringify(line)}`);
	return line.output;
}
