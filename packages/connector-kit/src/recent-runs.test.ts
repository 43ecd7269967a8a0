import { createClient } from '@zihin/agent-client';
import { startSandbox } from '@zihin/sandbox';
import { expect, it } from 'vitest';
import { recentRuns } from './recent-runs.ts';

async function openSandbox() {
	const sandbox = await startSandbox({ port: 0 });
	return { ...sandbox, [Symbol.asyncDispose]: () => sandbox.close() };
}

it('the runs of an agent that have finished come newest first, and no others', async () => {
	await using sandbox = await openSandbox();
	const client = createClient({ apiKey: sandbox.keys.editor, baseUrl: sandbox.url, allowHttp: true });
	const { agentId } = sandbox;
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
});

it('a trigger that is deleted meanwhile has no runs, and keeps none back', async () => {
	await using sandbox = await openSandbox();
	const client = createClient({ apiKey: sandbox.keys.admin, baseUrl: sandbox.url, allowHttp: true });
	const { agentId } = sandbox;
	const kept = await client.createTrigger({ agentId, name: 'kept', mode: 'sync' });
	await client.dispatchAgent({ triggerId: kept.triggerId, payload: { message: 'Hi' } });
	const { triggerId } = await client.createTrigger({ agentId, name: 'deleted', mode: 'sync' });
	const listed = await client.listTriggers({ agentId });
	await client.deleteTrigger({ triggerId });
	const runs = await recentRuns({ ...client, listTriggers: async () => listed }, agentId);
	expect(runs).toMatchObject([{ triggerId: kept.triggerId }]);
});
