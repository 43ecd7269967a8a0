import { createClient } from '@zihin/agent-client';
import { expect, it } from 'vitest';
import { startStubServer } from '../testing/stub-server.ts';
import { dispatchRun } from './dispatch-run.ts';

it.each([
	['neither an agent nor a trigger', { message: 'Hi', agentId: '', triggerId: null }],
	['both', { message: 'Hi', agentId: 'a', triggerId: 't' }],
])('a dispatch to %s is refused before anything is sent', async (_what, inputs) => {
	const server = await startStubServer(response => void response.end());
	const client = createClient({ apiKey: 'zhn_test_0123456789', baseUrl: server.url, allowHttp: true });
	const limits = { defaultTimeoutSeconds: 5, longestTimeoutSeconds: 5, longRunAdvice: '' };
	await expect(dispatchRun.run(inputs, { client, limits })).rejects.toThrow(
		/^Fill in either Agent or Trigger: one of them, and only one/,
	);
	expect(server.requests).toEqual([]);
	await server.close();
});
