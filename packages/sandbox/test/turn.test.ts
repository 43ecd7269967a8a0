import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Agent } from '../src/agents.ts';
import { CallbackOutbox } from '../src/callback-outbox.ts';
import { openDatabase } from '../src/database.ts';
import type { Engine, EngineEvent, EngineRequest } from '../src/engine.ts';
import { Executions } from '../src/executions.ts';
import { runTurn, type Turn } from '../src/turn.ts';

function agentOn(engine: Engine): Agent {
	const texts = { id: 'a', name: 'Agent', commercialName: 'Agent', bio: '' };
	return { ...texts, type: 'assistant', status: 'published', tags: [], toolsCount: 0, engine };
}

function prepare(run: (request: EngineRequest) => AsyncGenerator<EngineEvent>, options: Partial<Turn> = {}) {
	const database = openDatabase();
	const executions = new Executions(database, new CallbackOutbox(database, 'me'), 'me');
	const engine: Engine = { model: 'test', run };
	const executionId = executions.add({
		agentId: 'a',
		sessionId: 's',
		triggerId: null,
		message: 'm',
		input: {},
		model: engine.model,
	});
	executions.begin(executionId);
	const events = runTurn(executions, {
		executionId,
		agent: agentOn(engine),
		sessionId: 's',
		message: 'm',
		maxTokens: undefined,
		deadlineMs: 60_000,
		caller: undefined,
		stopping: new AbortController().signal,
		...options,
	});
	return { events, executions, executionId, record: () => executions.get(executionId) };
}

async function collect<T>(events: AsyncGenerator<T>): Promise<T[]> {
	const all: T[] = [];
	for await (const event of events) all.push(event);
	return all;
}

const ANSWER: EngineEvent = {
	type: 'response',
	content: 'done',
	sources: [],
	usage: { inputTokens: 1, outputTokens: 1 },
};

test('an engine that throws is a failed execution with its message', async () => {
	const { events, record } = prepare(async function* () {
		yield { type: 'token', content: 'half' };
		throw new Error('The index is gone.');
	});
	const all = await collect(events);
	expect(all.at(-1)).toMatchObject({ type: 'end', end: { status: 'failed' } });
	expect(record()).toMatchObject({
		status: 'failed',
		response: null,
		error: { code: 'ENGINE_ERROR', message: 'The index is gone.' },
	});
});

test('an engine that ends without an answer has failed', async () => {
	const { events, record } = prepare(async function* () {
		yield { type: 'token', content: 'tokens are no answer' };
	});
	await collect(events);
	expect(record()).toMatchObject({ status: 'failed', response: null, error: { code: 'ENGINE_ERROR' } });
});

test('the answer is on record before anybody is told of it', async () => {
	const { events, record } = prepare(async function* () {
		yield ANSWER;
	});
	expect((await events.next()).value).toMatchObject({ type: 'response' });
	expect(record()).toMatchObject({ status: 'completed', response: 'done' });
});

test('a reader that has stalled does not keep the deadline from being recorded', async () => {
	const { events, record } = prepare(
		async function* () {
			yield { type: 'token', content: 'one' };
			yield ANSWER;
		},
		{ deadlineMs: 5 },
	);
	await events.next();
	while (record()?.status === 'running') await sleep(1);
	expect(record()).toMatchObject({ status: 'timeout', error: { code: 'TURN_TIMEOUT' } });
	expect((await collect(events)).map(({ type }) => type)).toEqual(['response', 'end']);
});

test('a reader that leaves early has cancelled the turn', async () => {
	let aborted = false;
	const { events, record } = prepare(async function* ({ signal }) {
		signal.addEventListener('abort', () => {
			aborted = true;
		});
		yield { type: 'token', content: 'one' };
		yield ANSWER;
	});
	await events.next();
	await events.return();
	expect(record()?.status).toBe('cancelled');
	expect(aborted).toBe(true);
});

test('a turn whose caller has already left does not start its engine', async () => {
	let started = false;
	const { events, record } = prepare(
		async function* ({ signal }) {
			signal.throwIfAborted();
			started = true;
			yield ANSWER;
		},
		{ caller: AbortSignal.abort() },
	);
	await collect(events);
	expect(record()?.status).toBe('cancelled');
	expect(started).toBe(false);
});

test('a turn in a sandbox that stops is recorded as stopped', async () => {
	const stopping = new AbortController();
	const { events, record } = prepare(
		async function* ({ signal }) {
			yield { type: 'token', content: 'one' };
			await sleep(60_000, undefined, { signal });
		},
		{ stopping: stopping.signal },
	);
	await events.next();
	stopping.abort();
	expect(record()).toMatchObject({ status: 'failed', error: { code: 'SANDBOX_STOPPED' } });
	await collect(events);
});

test('a caller that leaves while the engine works stops it at once', async () => {
	const caller = new AbortController();
	const { events, record } = prepare(
		async function* ({ signal }) {
			yield { type: 'token', content: 'one' };
			await sleep(60_000, undefined, { signal });
		},
		{ caller: caller.signal },
	);
	await events.next();
	caller.abort();
	expect(record()).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
	await collect(events);
});

test('of two endings of an execution the first one counts', () => {
	const { executions, executionId, record } = prepare(async function* () {});
	executions.finish(executionId, { status: 'timeout', error: { code: 'TURN_TIMEOUT', message: 'late' } });
	executions.finish(executionId, { status: 'cancelled', error: { code: 'CANCELLED', message: 'later' } });
	expect(record()).toMatchObject({ status: 'timeout', error: { code: 'TURN_TIMEOUT', message: 'late' } });
});
