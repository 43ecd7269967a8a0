import { answerJson, startStubServer } from '@zihin/connector-kit/testing/stub-server';
import { describe, expect, it } from 'vitest';
import { openHost } from './host.ts';
import { AGENTS, openZapier, startAgents } from './sandboxes.ts';

const KEY = 'zhn_live_0123456789abcdef0123456789abcdef';

/** In real time: these are the ends that Zapier would otherwise make. */
describe.concurrent('before Zapier ends a step', () => {
	it('an agent that thinks for too long is given up, with what to use instead', async () => {
		const sandbox = await startAgents('full');
		const host = await openZapier(sandbox);
		const inputs = { agentId: AGENTS.ninetySeconds, message: 'Think' };
		const error = await failureOf(host.run('invokeAgent', inputs));
		expect(JSON.parse(error.message)).toEqual({
			message: expect.stringMatching(/within 25000 ms.* use Dispatch Agent and Wait: it sleeps/),
			code: 'timeout',
		});
		await sandbox.close();
	}, 60_000);

	it('all requests of a step together end, though each is quick enough by itself', async () => {
		const triggers = Array.from({ length: 10 }, (_, index) => ({ id: `${index}`, agent_id: 'a', name: 'n' }));
		const server = await startStubServer((response, { path }) => {
			const data = path === '/api/triggers' ? triggers : [];
			setTimeout(() => answerJson(response, 200, { data }), 6000);
		});
		const host = await openHost({ apiKey: KEY, baseUrl: server.url, allowHttp: true });
		const inputs = { agentId: 'a' };
		const error = await failureOf(host.call('triggers.agent_run_finished.operation.performList', inputs));
		expect(JSON.parse(error.message)).toMatchObject({ code: 'timeout' });
		expect(server.requests.length).toBeGreaterThan(2);
		expect(server.requests.length).toBeLessThan(6);
		await server.close();
	}, 60_000);

	it('an event whose run cannot be read is left to Zapier to try again', async () => {
		const server = await startStubServer(response =>
			answerJson(response, 200, { data: { id: 'e', status: 'running' } }),
		);
		const host = await openHost({ apiKey: KEY, baseUrl: server.url, allowHttp: true });
		const callbackToken = '0'.repeat(32);
		const callbackUrl = `https://hooks.zapier.example/1/?zihin_token=${callbackToken}`;
		const bundle = {
			subscribeData: { id: 't', triggerId: 't', agentId: 'a', callbackUrl, callbackToken },
			rawRequest: { content: '{"execution_id":"e"}', querystring: `zihin_token=${callbackToken}` },
		};
		const error = await failureOf(host.execute('triggers.agent_run_finished.operation.perform', bundle));
		expect(error.name).toBe('ThrottledError');
		expect(JSON.parse(error.message)).toEqual({ message: 'The run has not finished yet.', delay: 120 });
		await server.close();
	}, 60_000);
});

async function failureOf(run: Promise<unknown>): Promise<Error> {
	const outcome: unknown = await run.catch((error: unknown) => error);
	if (outcome instanceof Error) return outcome;
	throw new Error(`No error, but ${JSON.stringify(outcome)}`);
}
