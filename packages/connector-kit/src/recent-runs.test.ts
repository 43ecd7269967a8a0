import { createClient } from '@zihin/agent-client';
import { startSandbox } from '@zihin/sandbox';
import { expect, it } from 'vitest';
import { recentRuns } from './recent-runs.ts';

it('the runs of an agent that have finished come newest first, and no others', async () => {
	const sandbox = await startSandbox({ port: 0 });
	const client = createClient({ apiKey: sandbox.keys.editor, baseUrl: sandbox.url, allowHttp: true });
	const { agentId } = sandbox;
	try {
		expect(await recentRuns(client, agentId)).toEqual([]);
		for (const name of ['one', 'two']) {
			const { triggerId } = await client.createTrigger({ agentId, name, mode: 'sync' });
			for (const message of ['first', 'second']) {
				await client.dispatchAgent({ triggerId, payload: { message: `${name}, ${message}` } });
			}
		}
		const [newest] = sandbox.executions().slice(-1);
		const runs = await recentRuns(client, agentId);
		expect(runs).toHaveLength(3);
		expect(runs[0]?.executionId).toBe(newest?.id);
		expect(runs.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
	} finally {
		await sandbox.close();
	}
});
