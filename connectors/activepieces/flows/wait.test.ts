import type { ProfileName, Sandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { callPiece } from '../../../hosts/activepieces/call-piece.ts';
import type { Values } from '../../../hosts/activepieces/calls.ts';
import type { PieceStep } from '../../../hosts/activepieces/flow.ts';
import { type InstalledPiece, installPiece } from '../../../hosts/activepieces/installed-piece.ts';
import { Platform } from '../../../hosts/activepieces/platform.ts';
import { packedPiece } from '../test/host.ts';
import { losesDispatch, openProxy } from './proxy.ts';
import {
	AGENTS,
	connectionTo,
	dispatched,
	outputOf,
	PROFILES,
	sleeper,
	startAgents,
	switchFaults,
} from './sandboxes.ts';

type Mode = 'poll' | 'callback';
const MODES: readonly Mode[] = ['poll', 'callback'];

const ask = (agentId: string, message: string, waitMode: Mode, rest: Partial<PieceStep> = {}): PieceStep => ({
	name: 'ask',
	action: 'run_agent_and_wait',
	propsValue: { agentId, message, waitMode },
	...rest,
});

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 120_000 });

describe.concurrent.each(PROFILES)('Run Agent and Wait, %s profile', (profile: ProfileName) => {
	let sandbox: Sandbox;
	let piece: InstalledPiece;
	let platform: Platform;
	beforeAll(async () => {
		sandbox = await startAgents(profile);
		piece = await installPiece(packedPiece());
		platform = await Platform.open({ entry: piece.entry, connection: connectionTo(sandbox) });
	});
	afterAll(async () => {
		await platform[Symbol.asyncDispose]();
		await piece.remove();
		await sandbox.close();
	});

	/** A platform whose requests go through a proxy. */
	async function behind(
		fateOf: Parameters<typeof openProxy>[1],
		use: (platform: Platform) => Promise<void>,
	): Promise<void> {
		await using proxy = await openProxy(sandbox.url, fateOf);
		const connection = connectionTo(sandbox, proxy.url);
		await using hurried = await Platform.open({ entry: piece.entry, connection, timersRunFaster: 10 });
		await use(hurried);
	}

	it.each([
		['one second', AGENTS.oneSecond, 'That took one second.'],
		['twenty seconds', AGENTS.twentySeconds, 'That took twenty seconds.'],
		['ninety seconds', AGENTS.ninetySeconds, 'That took ninety seconds.'],
	])('an agent of %s gives the same content in both modes', async (name, agentId, content) => {
		const runs = MODES.map(mode => platform.start(ask(agentId, `${mode} ${name}`, mode)));
		const outputs = await Promise.all(runs.map(run => outputOf(run)));
		MODES.forEach((mode, index) => {
			const [recorded] = dispatched(sandbox, `${mode} ${name}`);
			const { id: executionId, triggerId } = recorded ?? {};
			expect(outputs[index]).toMatchObject({ content, executionId, triggerId, raw: { content } });
		});
	});

	it.each(MODES)(
		'in mode %s shows where the run is while it is paused, and leaves nothing behind',
		async mode => {
			const flow = platform.add({ steps: [ask(sleeper(1), `paused ${mode}`, mode)] });
			const run = flow.start(null);
			await until(() => run.isPaused);
			const [recorded] = dispatched(sandbox, `paused ${mode}`);
			const ids = { executionId: recorded?.id, triggerId: recorded?.triggerId };
			expect(run.log).toMatchObject([{ status: 'PAUSED', output: { content: null, ...ids } }]);
			expect(flow.store.keys()).toHaveLength(1);
			expect(await outputOf(run)).toMatchObject({ content: `Done: paused ${mode}`, ...ids });
			expect(flow.store.keys()).toEqual([]);
		},
	);

	it.each([
		['callback-duplicate', 2],
		['callback-early', 3],
		['callback-forged', 4],
		['callback-foreign', 5],
		['callback-late', 6],
	])('%s: the answer comes once, and it is that of the run', async (name, number) => {
		const value = name === 'callback-late' ? { value: 1000 } : {};
		await switchFaults(sandbox, [{ name, ...value }], sleeper(number));
		const run = platform.start(ask(sleeper(number), name, 'callback'));
		expect(await outputOf(run)).toMatchObject({ content: `Done: ${name}` });
		expect(dispatched(sandbox, name)).toHaveLength(1);
		expect(run.log.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(1);
	});

	it('whose pause anybody has ended goes on by polling', async () => {
		const run = platform.start(ask(sleeper(1), 'consumed', 'callback'));
		await until(() => run.isPaused);
		const [recorded] = dispatched(sandbox, 'consumed');
		const headers = { 'x-api-key': sandbox.keys.admin };
		const answer = await fetch(`${sandbox.url}/api/triggers/${recorded?.triggerId}`, { headers });
		const [url = ''] = /http:[^"?]*waitpoints[^"?]*/.exec(await answer.text()) ?? [];
		// Without its token, and with nothing in it: any link checker sends the like.
		expect((await fetch(url)).status).toBe(200);
		expect(await outputOf(run)).toMatchObject({ content: 'Done: consumed' });
		expect(run.log.map(({ status }) => status).slice(0, 2)).toEqual(['PAUSED', 'PAUSED']);
	});

	it('whose callback comes again later ends the pause of the next step that waits, which looks and waits on', async () => {
		const run = platform.start(
			ask(sleeper(1), 'first of two', 'callback'),
			{
				name: 'between',
				action: 'invoke_agent',
				propsValue: { agentId: sleeper(1), message: 'between' },
			},
			ask(sleeper(1), 'second of two', 'callback', { name: 'again' }),
		);
		await until(() => dispatched(sandbox, 'between').length === 1);
		// The run is busy and has no waitpoint: the platform keeps what comes for whatever step pauses next.
		const [first] = dispatched(sandbox, 'first of two');
		expect(sandbox.resendCallback(first?.id ?? '')).toBe(true);
		expect(await outputOf(run, 'again')).toMatchObject({ content: 'Done: second of two' });
		expect(await outputOf(run)).toMatchObject({ content: 'Done: first of two' });
		const pauses = run.log.filter(({ step, status }) => step === 'again' && status === 'PAUSED');
		expect(pauses.length).toBeGreaterThan(1);
	});

	it('whose callback is lost stays paused, and its ids lead to the answer', async () => {
		await switchFaults(sandbox, [{ name: 'callback-lost' }], sleeper(2));
		const flow = platform.add({ steps: [ask(sleeper(2), 'lost', 'callback')] });
		const run = flow.start(null);
		await until(() => dispatched(sandbox, 'lost')[0]?.status === 'completed');
		expect(run.isPaused).toBe(true);
		const read = platform.start({
			name: 'read',
			action: 'get_execution',
			propsValue: run.log[0]?.output as Values,
		});
		expect(await outputOf(read, 'read')).toMatchObject({ status: 'completed', content: 'Done: lost' });
	});

	it.each(MODES)(
		'in mode %s: of four attempts the first dispatches, and the last adopts its run',
		async mode => {
			const message = `four attempts ${mode}`;
			// The dispatch looks for its run, then the step does: three tries each. Each later attempt looks once.
			await behind(losesDispatch(12), async hurried => {
				const run = hurried.start(ask(AGENTS.oneSecond, message, mode, { retryOnFailure: true }));
				expect(await outputOf(run)).toMatchObject({ content: 'That took one second.' });
				// By timers the step only looks again later: nothing fails.
				expect(run.log[0]).toMatchObject({ status: 'PAUSED', attempts: mode === 'callback' ? 4 : 1 });
			});
			expect(dispatched(sandbox, message)).toHaveLength(1);
		},
	);

	it('four attempts at a run that has failed ask the agent once, and say why', async () => {
		await behind(
			() => 'passes',
			async hurried => {
				const run = hurried.start(ask(AGENTS.fails, 'fails four times', 'poll', { retryOnFailure: true }));
				expect(await run.ended).toBe('FAILED');
				const error = { message: expect.stringMatching(/ended as failed\. The model stopped answering/) };
				expect(run.log.at(-1)).toMatchObject({ status: 'FAILED', attempts: 4, error });
			},
		);
		expect(dispatched(sandbox, 'fails four times')).toHaveLength(1);
	});

	it('an attempt of which nothing was sent is followed by one that dispatches', async () => {
		let refused = 0;
		const fate = (method: string, path: string) =>
			method === 'POST' && path === '/api/triggers' && refused++ === 0 ? 'gets nowhere' : 'passes';
		await behind(fate, async hurried => {
			const run = hurried.start(ask(AGENTS.echo, 'second attempt', 'poll', { retryOnFailure: true }));
			expect(await outputOf(run)).toMatchObject({ content: 'You said: second attempt' });
			expect(run.log[0]?.attempts).toBe(2);
		});
		expect(dispatched(sandbox, 'second attempt')).toHaveLength(1);
	});

	it.each(MODES)(
		'in mode %s: in a loop that continues on failure each item gets its own answer',
		async mode => {
			const items = ['lost', 'second', 'third'].map(word => `loop ${mode} ${word}`);
			// The first item is dispatched, cannot find that out, and fails. Its callback comes to the waitpoint
			// that the second one then has.
			await behind(losesDispatch(mode === 'callback' ? 6 : 0), async hurried => {
				const step: PieceStep = {
					name: 'ask',
					action: 'run_agent_and_wait',
					propsValue: ({ item }) => ({ agentId: sleeper(1), message: item, waitMode: mode }),
					continueOnFailure: true,
				};
				const run = hurried.start({ name: 'loop', items, steps: [step] });
				expect(await run.ended).toBe('SUCCEEDED');
				const ended = run.log.filter(({ status }) => status !== 'PAUSED');
				const contents = ended.map(({ output }) => (output as { content?: string } | undefined)?.content);
				const [lost, ...others] = items.map(item => `Done: ${item}`);
				expect(contents).toEqual([mode === 'callback' ? undefined : lost, ...others]);
			});
			for (const item of items) expect(dispatched(sandbox, item)).toHaveLength(1);
		},
	);

	it('that outlasts its limit fails with both ids, and the run goes on', async () => {
		const propsValue = { agentId: AGENTS.outlasts, message: 'outlasts', waitMinutes: 1 };
		const run = platform.start(ask(AGENTS.outlasts, '', 'poll', { propsValue }));
		expect(await run.ended).toBe('FAILED');
		const [recorded] = dispatched(sandbox, 'outlasts');
		expect(run.log.at(-1)?.error?.message).toContain(
			`execution ${recorded?.id} of trigger ${recorded?.triggerId} can be read later`,
		);
		expect(recorded?.status).toBe('running');
	});
});

describe('Run Agent and Wait, before anything is sent', () => {
	let sandbox: Sandbox;
	let piece: InstalledPiece;
	beforeAll(async () => {
		sandbox = await startAgents('full');
		piece = await installPiece(packedPiece());
	});
	afterAll(async () => {
		await piece.remove();
		await sandbox.close();
	});

	const failureOf = async (propsValue: object, asked: string[] = []) => {
		const outcome = await callPiece(
			piece.entry,
			{
				kind: 'run',
				action: 'run_agent_and_wait',
				connection: connectionTo(sandbox),
				propsValue: { agentId: AGENTS.echo, message: 'Hi', ...propsValue },
			},
			{
				get: () => null,
				put: (_key, value) => value,
				delete: () => {},
				createWaitpoint: ({ type }) => {
					asked.push(type);
					throw new Error('This can only run inside a flow.');
				},
			},
		);
		if (outcome.ok) throw new Error('The step did not fail.');
		expect(sandbox.executions()).toEqual([]);
		return outcome.error.message;
	};

	it('says what to use instead where no step can pause', async () => {
		expect(await failureOf({})).toMatch(
			/cannot pause here, so nothing was sent\..*Invoke Agent, or Dispatch Agent.*inside a flow/,
		);
	});

	it('asks for what is missing, and makes no waitpoint', async () => {
		const asked: string[] = [];
		expect(await failureOf({ message: '' }, asked)).toMatch(/^Message is empty/);
		expect(await failureOf({ agentId: null }, asked)).toMatch(/^Agent is empty/);
		expect(await failureOf({ waitMinutes: 0 }, asked)).toMatch(/^Wait Limit \(Minutes\) must be/);
		expect(asked).toEqual([]);
	});
});
