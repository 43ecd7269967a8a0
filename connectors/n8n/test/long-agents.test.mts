import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf, type N8nHost } from './host.mts';
import { AGENTS, openN8n, PROFILES, startAgents } from './sandboxes.mts';
import { parametersOf } from './workflows.mts';

describe.concurrent.each(PROFILES)('an agent that takes its time, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let host: N8nHost;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		host = await openN8n(sandbox);
	});
	afterAll(async () => {
		await host.close();
		await sandbox.close();
	});

	it.each([
		['one second', AGENTS.oneSecond, 'That took one second.'],
		['twenty seconds', AGENTS.twentySeconds, 'That took twenty seconds.'],
	])(
		'of %s gives the same content to an invocation, a stream and a wait',
		async (_name, agentId, content) => {
			const operations = ['invoke', 'invokeAndStream', 'runAndWait'];
			const contents = operations.map(async operation => {
				const parameters = parametersOf('agent', operation, { agentId, message: 'Think' });
				const execution = host.start(parameters, { onChunk: () => {} });
				return itemsOf(await execution.ended)[0]?.json.content;
			});
			expect(await Promise.all(contents)).toEqual([content, content, content]);
		},
		60_000,
	);
});
