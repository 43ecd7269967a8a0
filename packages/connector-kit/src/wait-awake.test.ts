import { createClient } from '@zihin/agent-client';
import { afterEach, describe, expect, it } from 'vitest';
import { answerJson, type StubServer, startStubServer } from '../testing/stub-server.ts';
import { decide, newWait } from './wait.ts';
import { waitAwake } from './wait-awake.ts';

const RUN = { triggerId: 't', executionId: 'e' };

describe('a step that stays awake', () => {
	let server: StubServer;
	afterEach(() => server.close());

	/** Whoever was called first has ended the platform's wait. */
	function woken(deadlineAt: number) {
		const plan = { wakes: 'one-callback', firstPollMs: 1, longestPollMs: 1, deadlineAt } as const;
		const started = decide(newWait(plan), { type: 'started' });
		const asleep = decide(started.state, { type: 'dispatched', run: RUN });
		return decide(asleep.state, { type: 'callback', token: 'wrong' });
	}

	async function wait(statuses: readonly string[], deadlineAt = Date.now() + 60_000) {
		const slept: number[] = [];
		server = await startStubServer(response => {
			const status = statuses[Math.min(server.requests.length, statuses.length) - 1];
			answerJson(response, 200, { data: { id: 'e', trigger_id: 't', status, output: { content: 'Done' } } });
		});
		const client = createClient({ apiKey: 'zhn_test_0123456789', baseUrl: server.url, allowHttp: true });
		const sleep = async (ms: number) => void slept.push(ms);
		return waitAwake(client, RUN, woken(deadlineAt), { sleep, timeoutMs: 5000 });
	}

	it('reads until the run has ended', async () => {
		expect(await wait(['running', 'running', 'completed'])).toMatchObject({ executionId: 'e' });
		expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(3);
	});

	it('reads once more at its deadline, and then says where the run is', async () => {
		await expect(wait(['running'], Date.now() - 1)).rejects.toMatchObject({
			kind: 'timeout',
			message: expect.stringMatching(/execution e of trigger t can be read later/),
		});
		expect(server.requests).toHaveLength(1);
	});

	it('says how a run ended that has failed', async () => {
		await expect(wait(['failed'])).rejects.toThrow(/ended as failed/);
	});
});
