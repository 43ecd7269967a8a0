import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filledExample } from './examples.ts';
import { listens, type Run } from './flow.ts';
import { freePort } from './free-port.ts';
import { connectMcp } from './mcp-client.ts';
import { measured } from './measured.ts';
import type { Connection, N8n, StoredCredential } from './n8n.ts';
import {
	AGENTS,
	asked,
	callbackUrlOf,
	dispatchTo,
	PROFILES,
	type ProfileName,
	type Sandbox,
	sleeper,
	startAgents,
	switchFault,
	triggersOf,
} from './sandboxes.ts';
import { until } from './until.ts';
import {
	chain,
	loop,
	manual,
	node,
	noOp,
	splitItems,
	type Workflow,
	webhook,
	workflow,
	zihin,
	zihinTrigger,
} from './workflows.ts';

const MESSAGE = '={{ $json.body.message }}';

/** What the connector promises, in a real n8n, however many processes it has. */
export function testConnector(mode: string, n8nOf: () => N8n): void {
	describe.concurrent.each(PROFILES)(`${mode}, %s profile`, profile => testProfile(mode, profile, n8nOf));
}

function testProfile(mode: string, profile: ProfileName, n8nOf: () => N8n): void {
	let sandbox: Sandbox;
	let n8n: N8n;
	let connection: Connection;
	let credential: StoredCredential;
	beforeAll(async () => {
		n8n = n8nOf();
		sandbox = await startAgents(profile);
		connection = { apiKey: sandbox.keys.admin, baseUrl: sandbox.url, allowHttp: true };
		credential = await n8n.store(`Sandbox ${profile}`, connection);
	});
	afterAll(() => sandbox.close());

	/** A published workflow of a Webhook and a Zihin node. */
	const publishInvoke = (agentId: string, settings = {}) =>
		n8n.publish(
			chain(
				'Invoke',
				webhook(),
				zihin(credential, ['agent', 'invoke'], { agentId, message: MESSAGE }, settings),
			),
		);
	const publishRunAndWait = (agentId: string, settings = {}) =>
		n8n.publish(
			chain(
				'Run and Wait',
				webhook(),
				zihin(credential, ['agent', 'runAndWait'], { agentId, message: MESSAGE }, settings),
				noOp('After'),
			),
		);
	/** What the node behind *Run and Wait* got. */
	const answerOf = (run: Run) => run.output('After')[0];

	describe('the credential', () => {
		const test = (changes: Partial<Connection>) =>
			n8n.editor.post<{ status: string; message: string }>('credentials/test', {
				credentials: { id: '', name: 'Test', type: 'zihinApi', data: { ...connection, ...changes } },
			});

		it('is accepted with a good key', async () => {
			expect(await test({})).toEqual({ status: 'OK', message: expect.any(String) });
		});

		it('is refused with a bad key, which the answer does not show', async () => {
			const apiKey = 'zhn_test_nobody_00000000000000000000000000000000';
			const answer = await test({ apiKey });
			expect(answer.status).toBe('Error');
			expect(JSON.stringify(answer)).not.toContain(apiKey);
		});

		it('is refused when the host cannot be reached', async () => {
			const baseUrl = `http://127.0.0.1:${await freePort()}`;
			expect((await test({ baseUrl })).status).toBe('Error');
		});
	});

	describe('the list of agents', () => {
		const choices = async (filter?: string) => {
			const { results } = await n8n.editor.post<{ results: { name: string; value: string }[] }>(
				'dynamic-node-parameters/resource-locator-results',
				{
					nodeTypeAndVersion: { name: 'n8n-nodes-zihin.zihin', version: 1 },
					path: 'parameters.agentId',
					methodName: 'searchAgents',
					currentNodeParameters: { resource: 'agent', operation: 'invoke' },
					credentials: credential,
					...(filter === undefined ? {} : { filter }),
				},
			);
			return results;
		};

		it('names all agents with their ids', async () => {
			expect(await choices()).toContainEqual({ name: 'Echo', value: AGENTS.echo });
		});

		it('is searched by name', async () => {
			expect((await choices('aloud')).map(({ value }) => value)).toEqual([AGENTS.thinksAloud]);
		});
	});

	describe('Invoke', () => {
		it('returns the answer to a message with template signs, as it was sent', async () => {
			const flow = await publishInvoke(AGENTS.echo);
			const run = await flow.run({ message: 'Hello {{name}}, ação ✓' });
			expect(run.output()[0]).toMatchObject({ content: 'You said: Hello {{name}}, ação ✓' });
			expect(asked(sandbox, 'Hello {{name}}, ação ✓')).toHaveLength(1);
		});

		it('closes the stream upstream when the execution is stopped', async () => {
			const inputs = { agentId: AGENTS.halfAMinute, message: 'stop me' };
			const flow = await n8n.save(chain('Stop', manual(), zihin(credential, ['agent', 'invoke'], inputs)));
			await flow.execute('Start');
			await until('the turn begins', () => asked(sandbox, 'stop me')[0]?.status === 'running');
			const [execution] = await flow.executions();
			const stoppedAt = performance.now();
			await n8n.editor.post(`executions/${execution?.id}/stop`);
			await until('the turn is over', () => asked(sandbox, 'stop me')[0]?.status !== 'running');
			measured(
				`${mode}, ${profile}: a stopped execution has cancelled its turn`,
				performance.now() - stoppedAt,
			);
			expect(asked(sandbox, 'stop me')[0]?.status).toBe('cancelled');
			const [run] = await flow.runs(1);
			expect(run?.status).toBe('canceled');
		});

		it('goes on with the other items when one fails, with the reason in its place', async () => {
			const inputs = { agentId: '={{ $json.agent }}', message: 'one by one' };
			const settings = { onError: 'continueRegularOutput' };
			const flow = await n8n.publish(
				chain('Continue', webhook(), splitItems(), zihin(credential, ['agent', 'invoke'], inputs, settings)),
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
			const flow = await n8n.publish(
				chain(
					'Error output',
					webhook(),
					splitItems(),
					zihin(credential, ['agent', 'invoke'], inputs, settings),
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
		const flow = await n8n.publish(
			chain('Stream', webhook('streaming'), zihin(credential, ['agent', 'invokeAndStream'], inputs)),
		);
		const answer = await flow.call({ message: 'colour' });
		const status = () => asked(sandbox, 'colour')[0]?.status ?? 'not asked';
		let first: string | undefined;
		let shown = '';
		for await (const { type, content, metadata } of chunks(answer)) {
			if (metadata?.nodeName !== 'Zihin') continue;
			// The older wire shows the answer at its end only.
			if (type === (profile === 'full' ? 'item' : 'begin')) first ??= status();
			if (type === 'item') shown += content;
		}
		expect(first).toMatch(profile === 'full' ? 'running' : /not asked|running/);
		expect(shown.endsWith('It is blue.')).toBe(true);
		const [run] = await flow.runs(1);
		expect(run?.output()[0]).toMatchObject({ content: 'It is blue.' });
	});

	describe('Run and Wait', () => {
		it('sleeps until the callback wakes it, and returns the answer as it was read', async () => {
			const flow = await publishRunAndWait(sleeper(1));
			await flow.call({ message: 'sleep' });
			await flow.runs(1, 'waiting');
			const [run] = await flow.runs(1);
			const [recorded] = asked(sandbox, 'sleep');
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
			await switchFault(sandbox, sleeper(number), fault);
			const flow = await publishRunAndWait(sleeper(number));
			const run = await flow.run({ message: fault });
			expect(answerOf(run)).toMatchObject({ content: `Done: ${fault}` });
			const [only, ...others] = asked(sandbox, fault);
			expect(others).toEqual([]);
			expect(run.rounds('After')).toBe(1);
			if (fault === 'callback-early' && profile === 'full') {
				// n8n turns a callback away while the execution still runs.
				expect(sandbox.callbackAttempts(only?.id ?? '')[0]?.status).toBe(409);
			}
		});

		it('callback-lost: at the limit the example reads the answer by the ids that are left', async () => {
			await switchFault(sandbox, sleeper(6), 'callback-lost');
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
			expect(asked(sandbox, 'too long')).toHaveLength(1);
		});

		it('an answer in time leads the example to its other branch', async () => {
			const run = await runExample(sleeper(1), 'in time');
			expect(run.output('Answer')).toEqual([{ answer: 'Done: in time' }]);
			expect(run.rounds('Read How Far It Is')).toBe(0);
		});

		it('refuses a forged callback with 401, and one after the end with 409', async () => {
			const flow = await publishRunAndWait(sleeper(1));
			await flow.call({ message: 'forge' });
			await flow.runs(1, 'waiting');
			const url = await callbackUrlOf(sandbox, asked(sandbox, 'forge')[0]?.triggerId ?? '');
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
			const flow = await n8n.publish(
				workflow(
					'Loop',
					[
						webhook(),
						splitItems(),
						loop(),
						zihin(credential, ['agent', 'runAndWait'], inputs),
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
				return execution?.status === 'waiting' && asked(sandbox, 'loop two').length === 1;
			});
			const first = asked(sandbox, 'loop one')[0]?.id ?? '';
			expect(sandbox.resendCallback(first)).toBe(true);
			await until('it is refused', () => sandbox.callbackAttempts(first).at(-1)?.status === 401);
			const [run] = await flow.runs(1);
			const contents = run?.output('After').map(({ content }) => content);
			expect(contents).toEqual(['Done: loop one', 'Done: loop two']);
		});

		it('is dispatched once, whatever Retry On Fail repeats', async () => {
			await switchFault(sandbox, AGENTS.losesAnAnswer, 'reset', { value: 'after' });
			const flow = await publishRunAndWait(AGENTS.losesAnAnswer, {
				retryOnFail: true,
				maxTries: 3,
				waitBetweenTries: 100,
			});
			const run = await flow.run({ message: 'once' });
			expect(answerOf(run)).toMatchObject({ content: 'You said: once' });
			expect(asked(sandbox, 'once')).toHaveLength(1);
		});

		/** The example workflow with a limit of one minute, the shortest there is, run to its end. */
		async function runExample(agentId: string, message: string): Promise<Run> {
			const example = filledExample('run-a-long-one', { credentials: credential, agentId });
			const nodes = example.nodes.map(one =>
				one.name === 'Zihin'
					? { ...one, parameters: { ...one.parameters, message, options: { waitMinutes: 1 } } }
					: one,
			);
			const flow = await n8n.save({ ...example, nodes });
			await flow.execute('When clicking ‘Execute workflow’');
			const [run] = await flow.runs(1);
			if (run === undefined) throw new Error('It did not run.');
			return run;
		}
	});

	describe('Zihin Trigger', () => {
		const triggerFlow = (): Workflow =>
			chain('Trigger', zihinTrigger(credential, AGENTS.echo), noOp('After'));
		/** The trigger that is there now and was not before. */
		const newTrigger = (before: readonly { readonly id: string }[]) =>
			until('the trigger is made', async () =>
				(await triggersOf(sandbox)).find(
					({ id, name }) => name.startsWith('zihin-n8n:') && !before.some(old => old.id === id),
				),
			);

		// One after the other, because each looks for the trigger that was not there before.
		it('is made when the workflow is published, fires, and goes when it is unpublished; the test URL has its own', async () => {
			const flow = await n8n.save(triggerFlow());
			const before = await triggersOf(sandbox);
			await flow.publish();
			const production = await newTrigger(before);
			const url = await callbackUrlOf(sandbox, production.id);
			expect(url.href.startsWith(`${n8n.url}webhook/`)).toBe(true);
			await listens(url);
			await dispatchTo(sandbox, production.id, 'fire');
			const [run] = await flow.runs(1);
			const [recorded] = asked(sandbox, 'fire');
			expect(run?.output('After')).toMatchObject([
				{ executionId: recorded?.id, triggerId: production.id, content: 'You said: fire' },
			]);

			const withProduction = await triggersOf(sandbox);
			await flow.execute('Zihin Trigger');
			const test = await newTrigger(withProduction);
			expect((await callbackUrlOf(sandbox, test.id)).href.startsWith(`${n8n.url}webhook-test/`)).toBe(true);
			await dispatchTo(sandbox, test.id, 'try');
			const [, tried] = await flow.runs(2);
			expect(tried?.output('After')).toMatchObject([{ triggerId: test.id, content: 'You said: try' }]);
			await until('the test trigger is gone', async () =>
				(await triggersOf(sandbox)).every(({ id }) => id !== test.id),
			);

			const wrong = new URL(url);
			wrong.searchParams.set('zihin_token', '0'.repeat(32));
			for (const target of [wrong, new URL(url.pathname, url)]) {
				const body = JSON.stringify({ execution_id: recorded?.id, status: 'completed' });
				expect((await fetch(target, { method: 'POST', body })).status).toBe(401);
			}
			expect(await flow.executions()).toHaveLength(2);
			sandbox.resendCallback(recorded?.id ?? '');
			const [, , duplicate] = await flow.runs(3);
			expect(duplicate?.output('Zihin Trigger')).toEqual([]);
			expect(duplicate?.rounds('After')).toBe(0);

			await flow.unpublish();
			await until('the trigger is gone', async () =>
				(await triggersOf(sandbox)).every(({ id }) => id !== production.id),
			);
		});
	});

	describe('as a tool', () => {
		const tool = (operation: string) => {
			const inputs = { agentId: AGENTS.echo, message: "={{ $fromAI('question', 'What to ask', 'string') }}" };
			const base = zihin(credential, ['agent', operation], inputs);
			return { ...base, name: `ask_by_${operation}`, type: 'n8n-nodes-zihin.zihinTool' };
		};

		it('asks the agent what the model asks, and refuses to sleep', async () => {
			const path = randomUUID();
			const server = node('Server', '@n8n/n8n-nodes-langchain.mcpTrigger', 2, { path }, { webhookId: path });
			const tools = [tool('invoke'), tool('runAndWait')];
			const flow = await n8n.save(
				workflow(
					'Tools',
					[server, ...tools],
					tools.map(({ name }) => [name, 'Server', 0, 'ai_tool'] as const),
				),
			);
			await flow.publish();
			const client = await until('the server listens', () =>
				connectMcp(`${n8n.url}mcp/${path}`).catch(() => undefined),
			);
			const listed = new Map((await client.tools()).map(({ name, inputSchema }) => [name, inputSchema]));
			expect([...listed.keys()].sort()).toEqual(['ask_by_invoke', 'ask_by_runAndWait']);
			expect(listed.get('ask_by_invoke')).toMatchObject({ properties: { question: { type: 'string' } } });
			const answer = await client.call('ask_by_invoke', { question: 'a model asks' });
			expect(answer).toContain('You said: a model asks');
			expect(asked(sandbox, 'a model asks')).toHaveLength(1);
			const refusal = await client.call('ask_by_runAndWait', { question: 'a model sleeps' });
			expect(refusal).toContain('cannot be used as a tool');
			expect(asked(sandbox, 'a model sleeps')).toEqual([]);
		});
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
