import { describe, expect, it } from 'vitest';
import { listeningUrlOf } from '../listening-trigger.ts';
import { AGENTS, asked, callbackUrlOf, dispatchTo, triggersOf } from '../sandboxes.ts';
import { until } from '../until.ts';
import { chain, noOp, type Workflow, zihinTrigger } from '../workflows.ts';
import type { Host } from './host.ts';

export function testTrigger(host: Host): void {
	describe('Zihin Trigger', () => {
		const triggerFlow = (): Workflow =>
			chain('Trigger', zihinTrigger(host.credential, AGENTS.echo), noOp('After'));
		/** The trigger that is there now and was not before. */
		const newTrigger = (before: readonly { readonly id: string }[]) =>
			until('the trigger is made', async () =>
				(await triggersOf(host.sandbox)).find(
					({ id, name }) => name.startsWith('zihin-n8n:') && !before.some(old => old.id === id),
				),
			);

		// One after the other, because each looks for the trigger that was not there before.
		it('is made when the workflow is published, fires, and goes when it is unpublished; the test URL has its own', async () => {
			const flow = await host.n8n.save(triggerFlow());
			const before = await triggersOf(host.sandbox);
			await flow.publish();
			const production = await newTrigger(before);
			const url = await listeningUrlOf(host.sandbox, production.id);
			expect(url.href.startsWith(`${host.n8n.url}webhook/`)).toBe(true);
			await dispatchTo(host.sandbox, production.id, 'fire');
			const answers = () =>
				asked(host.sandbox, 'fire').flatMap(({ id }) =>
					host.sandbox.callbackAttempts(id).map(({ status }) => status),
				);
			await until(
				'n8n takes the callback',
				() => answers().includes(200),
				() => `It answered: ${answers().join(', ') || 'nothing'}.`,
			);
			const [run] = await flow.runs(1);
			const [recorded] = asked(host.sandbox, 'fire');
			expect(run?.output('After')).toMatchObject([
				{ executionId: recorded?.id, triggerId: production.id, content: 'You said: fire' },
			]);

			const withProduction = await triggersOf(host.sandbox);
			await flow.execute('Zihin Trigger');
			const test = await newTrigger(withProduction);
			expect(
				(await callbackUrlOf(host.sandbox, test.id)).href.startsWith(`${host.n8n.url}webhook-test/`),
			).toBe(true);
			await dispatchTo(host.sandbox, test.id, 'try');
			const [, tried] = await flow.runs(2);
			expect(tried?.output('After')).toMatchObject([{ triggerId: test.id, content: 'You said: try' }]);
			await until('the test trigger is gone', async () =>
				(await triggersOf(host.sandbox)).every(({ id }) => id !== test.id),
			);

			const wrong = new URL(url);
			wrong.searchParams.set('zihin_token', '0'.repeat(32));
			for (const target of [wrong, new URL(url.pathname, url)]) {
				const body = JSON.stringify({ execution_id: recorded?.id, status: 'completed' });
				expect((await fetch(target, { method: 'POST', body })).status).toBe(401);
			}
			expect(await flow.executions()).toHaveLength(2);
			host.sandbox.resendCallback(recorded?.id ?? '');
			const [, , duplicate] = await flow.runs(3);
			expect(duplicate?.output('Zihin Trigger')).toEqual([]);
			expect(duplicate?.rounds('After')).toBe(0);

			await flow.unpublish();
			await until('the trigger is gone', async () =>
				(await triggersOf(host.sandbox)).every(({ id }) => id !== production.id),
			);
		});
	});
}
