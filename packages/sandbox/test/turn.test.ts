import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Agent } from '../src/agents.ts';
import { CallbackOutbox } from '../src/callback-outbox.ts';
import { openDatabase } from '../src/database.ts';
import type { Engine, EngineEvent, EngineRequest } from '../src/engine.ts';
import { Executions } from '../src/executions.ts';
import { runTurn, type Tell, type Turn, type TurnEvent } from '../src/turn.ts';

function agentOn(engine: Engine): Agent {
	const texts = { id: 'a', name: 'Agent', commercialName: 'Agent', bio: '' };
	return { ...texts, type: 'assistant', status: 'published', tags: [], toolsCount: 0, engine };
}

/** @param taking the first event is taken when it resolves; at once, if it is left out */
function prepare(
	run: (request: EngineRequest) => AsyncGenerator<EngineEvent>,
	options: Partial<Turn> = {},
	taking?: Promise<void>,
) {
	const database = openDatabase();
	const executions = new Executions(database, new CallbackOutbox(database, 'me'), 'me');
	const engine: Engine = {
		model: 'test',
		run: async (request, emit) => {
			for await (const event of run(request)) await emit(event);
		},
	};
	const executionId = executions.add({
		agentId: 'a',
		sessionId: 's',
		triggerId: null,
		message: 'm',
		input: {},
		model: engine.model,
	});
	executions.begin(executionId);
	const events: TurnEvent[] = [];
	const tell: Tell = event => (events.push(event) === 1 ? taking : undefined);
	const turn: Turn = {
		executionId,
		agent: agentOn(engine),
		sessionId: 's',
		message: 'm',
		maxTokens: undefined,
		deadlineMs: 60_000,
		caller: undefined,
		stopping: new AbortController().signal,
		...options,
	};
	const begin = (told = tell) => runTurn(executions, turn, told);
	return { begin, events, executions, executionId, record: () => executions.get(executionId) };
}

function gate() {
	let open = () => {};
	const opened = new Promise<void>(resolve => {
		open = resolve;
	});
	return { opened, open: () => open() };
}

/** Resolves in the next turn of the event loop: what could go on has gone on. */
const settled = () => new Promise(resolve => setImmediate(resolve));

const ANSWER: EngineEvent = {
	type: 'response',
	content: 'done',
	sources: [],
	usage: { inputTokens: 1, outputTokens: 1 },
};

test('an engine that throws is a failed execution with its message', async () => {
	const { begin, events, record } = prepare(async function* () {
		yield { type: 'token', content: 'half' };
		throw new Error('The index is gone.');
	});
	await begin();
	expect(events.at(-1)).toMatchObject({ type: 'end', end: { status: 'failed' } });
	expect(record()).toMatchObject({
		status: 'failed',
		response: null,
		error: { code: 'ENGINE_ERROR', message: 'The index is gone.' },
	});
});

test('an engine that ends without an answer has failed', async () => {
	const { begin, record } = prepare(async function* () {
		yield { type: 'token', content: 'tokens are no answer' };
	});
	await begin();
	expect(record()).toMatchObject({ status: 'failed', response: null, error: { code: 'ENGINE_ERROR' } });
});

test('the answer is on record before anybody is told of it', async () => {
	const { begin, record } = prepare(async function* () {
		yield ANSWER;
	});
	const known: unknown[] = [];
	await begin(event => {
		known.push([event.type, record()?.status, record()?.response]);
		return undefined;
	});
	expect(known[0]).toEqual(['response', 'completed', 'done']);
});

test('a reader that has stalled does not keep the deadline from being recorded', async () => {
	const taking = gate();
	const { begin, events, record } = prepare(
		async function* () {
			yield { type: 'token', content: 'one' };
			yield ANSWER;
		},
		{ deadlineMs: 5 },
		taking.opened,
	);
	const over = begin();
	while (record()?.status === 'running') await sleep(1);
	expect(record()).toMatchObject({ status: 'timeout', error: { code: 'TURN_TIMEOUT' } });
	expect(events.map(({ type }) => type)).toEqual(['token']);
	taking.open();
	await over;
	expect(events.map(({ type }) => type)).toEqual(['token', 'response', 'end']);
});

test('the engine is asked for its next event only when the one before was taken', async () => {
	const taking = gate();
	let asked = 0;
	const { begin, events } = prepare(
		async function* () {
			for (; asked < 3; asked++) yield { type: 'token', content: 'one' };
			yield ANSWER;
		},
		{},
		taking.opened,
	);
	const over = begin();
	await settled();
	expect([asked, events.length]).toEqual([0, 1]);
	taking.open();
	await over;
	expect(events.map(({ type }) => type)).toEqual(['token', 'token', 'token', 'response', 'end']);
});

test('a turn whose caller has already left does not start its engine', async () => {
	let started = false;
	const { begin, record } = prepare(
		async function* ({ signal }) {
			signal.throwIfAborted();
			started = true;
			yield ANSWER;
		},
		{ caller: AbortSignal.abort() },
	);
	await begin();
	expect(record()?.status).toBe('cancelled');
	expect(started).toBe(false);
});

test('a turn in a sandbox that stops is recorded as stopped', async () => {
	const stopping = new AbortController();
	const { begin, record } = prepare(
		async function* ({ signal }) {
			yield { type: 'token', content: 'one' };
			await sleep(60_000, undefined, { signal });
		},
		{ stopping: stopping.signal },
	);
	const over = begin();
	await settled();
	stopping.abort();
	expect(record()).toMatchObject({ status: 'failed', error: { code: 'SANDBOX_STOPPED' } });
	await over;
});

test('a caller that leaves while the engine works stops it at once', async () => {
	const caller = new AbortController();
	const { begin, record } = prepare(
		async function* ({ signal }) {
			yield { type: 'token', content: 'one' };
			await sleep(60_000, undefined, { signal });
		},
		{ caller: caller.signal },
	);
	const over = begin();
	await settled();
	caller.abort();
	expect(record()).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
	await over;
});

test('of two endings of an execution the first one counts', () => {
	const { executions, executionId, record } = prepare(async function* () {});
	executions.finish(executionId, { status: 'timeout', error: { code: 'TURN_TIMEOUT', message: 'late' } });
	executions.finish(executionId, { status: 'cancelled', error: { code: 'CANCELLED', message: 'later' } });
	expect(record()).toMatchObject({ status: 'timeout', error: { code: 'TURN_TIMEOUT', message: 'late' } });
});
