import { describe, expect, it } from 'vitest';
import { filledExample } from '../examples.ts';
import type { Run } from '../flow.ts';
import { AGENTS, asked, callbackUrlOf, sleeper, switchFault } from '../sandboxes.ts';
import { until } from '../until.ts';
import { chain, loop, noOp, splitItems, webhook, workflow, zihin } from '../workflows.ts';
import { type Host, MESSAGE } from './host.ts';

export function testRunAndWait(host: Host): void {
	describe('Run and Wait', () => {
		const publish = (agentId: string, settings = {}) => {
			const inputs = { agentId, message: MESSAGE };
			return host.n8n.publish(
				chain(
					'Run and Wait',
					webhook(),
					zihin(host.credential, ['agent', 'runAndWait'], inputs, settings),
					noOp('After'),
				),
			);
		};
		/** What the node behind it got. */
		const answerOf = (run: Run) => run.output('After')[0];

		it('sleeps until the callback wakes it, and returns the answer as it was read', async () => {
			const flow = await publish(sleeper(1));
			await flow.call({ message: 'sleep' });
			await flow.runs(1, 'waiting');
			const [run] = await flow.runs(1);
			const [recorded] = asked(host.sandbox, 'sleep');
			expect(run && answerOf(run)).toMatchObject({
				content: 'Done: sleep',
				executionId: recorded?.id,
				triggerId: recorded?.triggerId,
			});
		});

		it.each([
			['callback-duplicate', 2],
			['callback-early', 3],
			['callback-forged', 4],
			['callback-foreign', 5],
		])('%s: the answer comes once, and it is that of the run', async (fault, number) => {
			await switchFault(host.sandbox, sleeper(number), fault);
			const flow = await publish(sleeper(number));
			const run = await flow.run({ message: fault });
			expect(answerOf(run)).toMatchObject({ content: `Done: ${fault}` });
			const [only, ...others] = asked(host.sandbox, fault);
			expect(others).toEqual([]);
			expect(run.rounds('After')).toBe(1);
			if (fault === 'callback-early' && host.profile === 'full') {
				// n8n turns a callback away while the execution still runs.
				expect(host.sandbox.callbackAttempts(only?.id ?? '')[0]?.status).toBe(409);
			}
		});

		it('callback-lost: at the limit the example reads the answer by the ids that are left', async () => {
			await switchFault(host.sandbox, sleeper(6), 'callback-lost');
			const run = await runExample(sleeper(6), 'lost');
			expect(run.output('Answer')).toEqual([]);
			expect(run.output('Read How Far It Is')).toMatchObject([
				{ status: 'completed', content: 'Done: lost' },
			]);
		});

		it('at the limit of a run that goes on the example says so', async () => {
			const run = await runExample(AGENTS.twoMinutes, 'too long');
			expect(run.output('Zihin')).toEqual([{}]);
			expect(run.output('No Answer')).toMatchObject([{ status: 'running' }]);
			expect(asked(host.sandbox, 'too long')).toHaveLength(1);
		});

		it('an answer in time leads the example to its other branch', async () => {
			const run = await runExample(sleeper(1), 'in time');
			expect(run.output('Answer')).toEqual([{ answer: 'Done: in time' }]);
			expect(run.rounds('Read How Far It Is')).toBe(0);
		});

		it('refuses a forged callback with 401, and one after the end with 409', async () => {
			const flow = await publish(sleeper(1));
			await flow.call({ message: 'forge' });
			await flow.runs(1, 'waiting');
			const url = await callbackUrlOf(host.sandbox, asked(host.sandbox, 'forge')[0]?.triggerId ?? '');
			const post = (target: URL) =>
				fetch(target, { method: 'POST', body: JSON.stringify({ status: 'completed' }) });
			for (const name of ['zihin_token', 'signature']) {
				const forged = new URL(url);
				forged.searchParams.set(name, '0'.repeat(forged.searchParams.get(name)?.length ?? 0));
				expect((await post(forged)).status).toBe(401);
			}
			const [run] = await flow.runs(1);
			expect(run && answerOf(run)).toMatchObject({ content: 'Done: forge' });
			expect((await post(url)).status).toBe(409);
			expect(await flow.executions()).toHaveLength(1);
		});

		it('in a loop each item sleeps on its own, and a late duplicate of the first wakes nobody', async () => {
			const inputs = { agentId: sleeper(1), message: "={{ 'loop ' + $json.word }}" };
			const flow = await host.n8n.publish(
				workflow(
					'Loop',
					[
						webhook(),
						splitItems(),
						loop(),
						zihin(host.credential, ['agent', 'runAndWait'], inputs),
						noOp('After'),
					],
					[
						['Start', 'Items'],
						['Items', 'Loop'],
						['Loop', 'After', 0],
						['Loop', 'Zihin', 1],
						['Zihin', 'Loop'],
					],
				),
			);
			await flow.call({ items: [{ word: 'one' }, { word: 'two' }] });
			await until('the second sleeps', async () => {
				const [execution] = await flow.executions();
				return execution?.status === 'waiting' && asked(host.sandbox, 'loop two').length === 1;
			});
			const first = asked(host.sandbox, 'loop one')[0]?.id ?? '';
			expect(host.sandbox.resendCallback(first)).toBe(true);
			await until('it is refused', () => host.sandbox.callbackAttempts(first).at(-1)?.status === 401);
			const [run] = await flow.runs(1);
			const contents = run?.output('After').map(({ content }) => content);
			expect(contents).toEqual(['Done: loop one', 'Done: loop two']);
		});

		it('is dispatched once, whatever Retry On Fail repeats', async () => {
			await switchFault(host.sandbox, AGENTS.losesAnAnswer, 'reset', { value: 'after' });
			const flow = await publish(AGENTS.losesAnAnswer, {
				retryOnFail: true,
				maxTries: 3,
				waitBetweenTries: 100,
			});
			const run = await flow.run({ message: 'once' });
			expect(answerOf(run)).toMatchObject({ content: 'You said: once' });
			expect(asked(host.sandbox, 'once')).toHaveLength(1);
		});

		/** The example workflow with a limit of one minute, the shortest there is, run to its end. */
		async function runExample(agentId: string, message: string): Promise<Run> {
			const example = filledExample('run-a-long-one', { credentials: host.credential, agentId });
			const nodes = example.nodes.map(one =>
				one.name === 'Zihin'
					? { ...one, parameters: { ...one.parameters, message, options: { waitMinutes: 1 } } }
					: one,
			);
			const flow = await host.n8n.save({ ...example, nodes });
			await flow.execute('When clicking ‘Execute workflow’');
			const [run] = await flow.runs(1);
			if (run === undefined) throw new Error('It did not run.');
			return run;
		}
	});
}
