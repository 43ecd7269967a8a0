import { describe, expect, it } from 'vitest';
import { measured } from '../measured.ts';
import { AGENTS, asked } from '../sandboxes.ts';
import { until } from '../until.ts';
import { chain, manual, splitItems, webhook, zihin } from '../workflows.ts';
import { type Host, MESSAGE } from './host.ts';

export function testInvoke(host: Host): void {
	describe('Invoke', () => {
		it('returns the answer to a message with template signs, as it was sent', async () => {
			const inputs = { agentId: AGENTS.echo, message: MESSAGE };
			const flow = await host.n8n.publish(
				chain('Invoke', webhook(), zihin(host.credential, ['agent', 'invoke'], inputs)),
			);
			const run = await flow.run({ message: 'Hello {{name}}, ação ✓' });
			expect(run.output()[0]).toMatchObject({ content: 'You said: Hello {{name}}, ação ✓' });
			expect(asked(host.sandbox, 'Hello {{name}}, ação ✓')).toHaveLength(1);
		});

		it('closes the stream upstream when the execution is stopped', async () => {
			const inputs = { agentId: AGENTS.halfAMinute, message: 'stop me' };
			const flow = await host.n8n.save(
				chain('Stop', manual(), zihin(host.credential, ['agent', 'invoke'], inputs)),
			);
			await flow.execute('Start');
			await until('the turn begins', () => asked(host.sandbox, 'stop me')[0]?.status === 'running');
			const [execution] = await flow.executions();
			const stoppedAt = performance.now();
			await host.n8n.editor.post(`executions/${execution?.id}/stop`);
			await until('the turn is over', () => asked(host.sandbox, 'stop me')[0]?.status !== 'running');
			measured(
				`${host.mode}, ${host.profile}: a stopped execution has cancelled its turn`,
				performance.now() - stoppedAt,
			);
			expect(asked(host.sandbox, 'stop me')[0]?.status).toBe('cancelled');
			const [run] = await flow.runs(1);
			expect(run?.status).toBe('canceled');
		});

		it('goes on with the other items when one fails, with the reason in its place', async () => {
			const inputs = { agentId: '={{ $json.agent }}', message: 'one by one' };
			const settings = { onError: 'continueRegularOutput' };
			const flow = await host.n8n.publish(
				chain(
					'Continue',
					webhook(),
					splitItems(),
					zihin(host.credential, ['agent', 'invoke'], inputs, settings),
				),
			);
			const nobody = '00000000-0000-4000-8000-0000000000ff';
			const run = await flow.run({ items: [{ agent: nobody }, { agent: AGENTS.echo }] });
			expect(run.status).toBe('success');
			expect(run.output()).toEqual([
				{ error: expect.stringMatching(/agent/i) },
				expect.objectContaining({ content: 'You said: one by one' }),
			]);
		});

		it('leads what failed to the error output, and the rest to the other', async () => {
			const inputs = { agentId: '={{ $json.agent }}', message: 'apart' };
			const settings = { onError: 'continueErrorOutput' };
			const flow = await host.n8n.publish(
				chain(
					'Error output',
					webhook(),
					splitItems(),
					zihin(host.credential, ['agent', 'invoke'], inputs, settings),
				),
			);
			const nobody = '00000000-0000-4000-8000-0000000000ff';
			const run = await flow.run({ items: [{ agent: nobody }, { agent: AGENTS.echo }] });
			expect(run.output('Zihin')).toMatchObject([{ content: 'You said: apart' }]);
			expect(run.output('Zihin', { output: 1 })).toMatchObject([{ error: expect.any(String) }]);
		});
	});

	it('Invoke and Stream shows the answer to a streaming webhook while it is written', async () => {
		const inputs = { agentId: AGENTS.thinksAloud, message: MESSAGE };
		const flow = await host.n8n.publish(
			chain('Stream', webhook('streaming'), zihin(host.credential, ['agent', 'invokeAndStream'], inputs)),
		);
		const answer = await flow.call({ message: 'colour' });
		const status = () => asked(host.sandbox, 'colour')[0]?.status ?? 'not asked';
		let first: string | undefined;
		let shown = '';
		for await (const { type, content, metadata } of chunks(answer)) {
			if (metadata?.nodeName !== 'Zihin') continue;
			// The older wire shows the answer at its end only.
			if (type === (host.profile === 'full' ? 'item' : 'begin')) first ??= status();
			if (type === 'item') shown += content;
		}
		expect(first).toMatch(host.profile === 'full' ? 'running' : /not asked|running/);
		expect(shown.endsWith('It is blue.')).toBe(true);
		const [run] = await flow.runs(1);
		expect(run?.output()[0]).toMatchObject({ content: 'It is blue.' });
	});
}

interface Chunk {
	readonly type: string;
	readonly content?: string;
	readonly metadata?: { readonly nodeName?: string };
}

/** The lines of a streaming answer as they come. */
async function* chunks(answer: Response): AsyncGenerator<Chunk> {
	let rest = '';
	const decoder = new TextDecoder();
	for await (const bytes of answer.body ?? []) {
		const lines = `${rest}${decoder.decode(bytes, { stream: true })}`.split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) if (line !== '') yield JSON.parse(line);
	}
}
