import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../src/app.ts';
import { Background } from '../src/background.ts';
import { Callbacks } from '../src/callbacks.ts';
import { openDatabase } from '../src/database.ts';
import type { EngineEvent } from '../src/engine.ts';
import { Executions } from '../src/executions.ts';
import { IdempotencyKeys } from '../src/idempotency.ts';
import { SANDBOX_KEYS } from '../src/index.ts';
import { serve } from '../src/server.ts';
import { Sessions } from '../src/sessions.ts';
import type { StreamFault } from '../src/stream-faults.ts';
import { Triggers } from '../src/triggers.ts';
import { until } from './harness.ts';
import { openStream, readStream } from './stream-client.ts';

const ID = '11111111-2222-4333-8444-555555555555';

const SPEAKING: EngineEvent[] = [
	{ type: 'token', content: 'one ' },
	{ type: 'token', content: 'two' },
	{ type: 'response', content: 'one two', sources: [], usage: { inputTokens: 1, outputTokens: 2 } },
];

/** The wire with one agent that has these turns, and this fault in each of them. */
async function faulty(fault: StreamFault, events: readonly EngineEvent[] = SPEAKING) {
	const database = openDatabase();
	const executions = new Executions(database);
	const background = new Background();
	const engine = {
		model: 'test',
		async *run() {
			yield* events;
		},
	};
	const texts = { id: ID, name: 'Speaker', commercialName: 'Speaker', bio: '' };
	const app = createApp({
		database,
		agents: [{ ...texts, type: 'assistant', status: 'published', tags: [], toolsCount: 0, engine }],
		sessions: new Sessions(database),
		triggers: new Triggers(database),
		executions,
		idempotencyKeys: new IdempotencyKeys(database),
		callbacks: new Callbacks(executions, background, []),
		background,
		maxBodyBytes: 1_000,
		keepAliveMs: 5,
		streamFaultFor: agentId => (agentId === ID ? fault : undefined),
	});
	const server = await serve(app, 0);
	onTestFinished(async () => {
		const closed = server.stopListening();
		await background.stop();
		server.dropConnections();
		await closed;
		database.close();
	});
	return {
		url: `http://127.0.0.1:${server.port}`,
		keys: SANDBOX_KEYS,
		agentId: ID,
		library: { files: 0, passages: 0, warnings: [] },
		executions: () => executions.all(),
		close: async () => {},
	};
}

test.each<[StreamFault, string[], string]>([
	['oversize-event', ['token', 'thinking', 'token', 'response', 'metrics', 'done'], 'completed'],
	['timeout-outcome', ['token', 'response', 'metrics', 'done'], 'timeout'],
	['error-event', ['token', 'error'], 'failed'],
	['gated', ['response', 'metrics', 'done'], 'completed'],
	['no-terminal-event', ['token', 'token', 'response', 'metrics'], 'completed'],
	['cut', ['token'], 'cancelled'],
])('%s strikes after the first token and is recorded as what it was', async (fault, names, status) => {
	const sandbox = await faulty(fault);
	const turn = await readStream(sandbox);
	expect(turn.names.slice(turn.names.indexOf('phase') + 1)).toEqual(names);
	await until(() => (sandbox.executions()[0]?.status === status ? true : undefined));
	expect(turn.broken !== undefined).toBe(fault === 'cut');
});

test('a reset may take with it what was sent, and cancels the turn', async () => {
	const sandbox = await faulty('reset');
	const turn = await readStream(sandbox);
	expect(turn.broken).toBe('ECONNRESET');
	expect(turn.names).not.toContain('response');
	await until(() => (sandbox.executions()[0]?.status === 'cancelled' ? true : undefined));
});

test('an oversize event is one that no client has to take', async () => {
	const turn = await readStream(await faulty('oversize-event'));
	expect(turn.data('thinking').text('thought').length).toBeGreaterThan(2 ** 20);
});

test('a timeout outcome denies the response before it', async () => {
	const turn = await readStream(await faulty('timeout-outcome'));
	expect(turn.data('done').value).toMatchObject({ outcome: 'TIMEOUT', timed_out: true });
	expect(turn.data('response').at('content')).toBe('The turn ran out of time.');
});

test('a gated turn is silent and never asks the agent', async () => {
	const sandbox = await faulty('gated');
	const turn = await readStream(sandbox);
	expect(turn.data('response').value).toMatchObject({ content: '', gated: true });
	expect(sandbox.executions()[0]?.response).toBe('');
});

test('an agent that sends no tokens is struck before its answer', async () => {
	const silent = SPEAKING.slice(2);
	const turn = await readStream(await faulty('error-event', silent));
	expect(turn.names.slice(-2)).toEqual(['phase', 'error']);
});

test('a stalled turn of any agent sends nothing more until its caller leaves', async () => {
	const sandbox = await faulty('stall');
	const leave = new AbortController();
	const response = await openStream(sandbox, { signal: leave.signal });
	const reader = response.body?.getReader();
	let text = '';
	while (!text.includes('one ')) text += new TextDecoder().decode((await reader?.read())?.value);
	const rest = reader?.read().then(
		() => 'more',
		() => 'left',
	);
	await new Promise(resolve => setTimeout(resolve, 100));
	leave.abort();
	expect(await rest).toBe('left');
	await until(() => (sandbox.executions()[0]?.status === 'cancelled' ? true : undefined));
});
