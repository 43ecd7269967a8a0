import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ZapierHost } from './host.ts';
import { AGENTS, openZapier, PROFILES, startAgents } from './sandboxes.ts';
import { sleepAt, switchOn } from './zap.ts';

/** In the host the agents take the time that they say, elsewhere a thirtieth. */
const SPEED = process.env.ZIHIN_ZAPIER_BUILD === undefined ? 30 : 1;

const LONG_AGENTS = [
	['one second', AGENTS.oneSecond],
	['twenty seconds', AGENTS.twentySeconds],
	['ninety seconds', AGENTS.ninetySeconds],
] as const;

describe.concurrent.each(PROFILES)('an agent that takes its time, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let host: ZapierHost;
	beforeAll(async () => {
		sandbox = await startAgents(profile, SPEED);
		host = await openZapier(sandbox);
	});
	afterAll(() => sandbox.close());

	it.each(LONG_AGENTS.slice(0, 2))(
		'of %s answers within a step',
		async (time, agentId) => {
			const output = await host.run('invokeAgent', { agentId, message: 'Think' });
			expect(output).toMatchObject({ content: `That took ${time}.` });
		},
		60_000,
	);

	it.each(LONG_AGENTS)(
		'of %s wakes the step that waits for it',
		async (time, agentId) => {
			await using run = await sleepAt(host, { agentId, message: 'Think' });
			expect(await run.ended).toMatchObject({
				content: `That took ${time}.`,
				executionId: run.kept.executionId,
			});
			expect(run.calls).toHaveLength(1);
		},
		150_000,
	);

	it.each(LONG_AGENTS)(
		'of %s starts the Zap that waits for its runs',
		async (time, agentId) => {
			await using zap = await switchOn(host, { agentId });
			const { triggerId } = zap.subscribeData;
			await host.run('dispatchAgent', { triggerId, message: 'Think' });
			await vi.waitUntil(() => zap.started.length > 0, { timeout: 140_000 });
			expect(zap.started).toMatchObject([{ content: `That took ${time}.` }]);
		},
		150_000,
	);
});
