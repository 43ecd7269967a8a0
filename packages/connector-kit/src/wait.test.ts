import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	type Decision,
	decide,
	newWait,
	type WaitAction,
	type WaitEvent,
	type WaitPlan,
	type WaitState,
} from './wait.ts';

const RUN = { triggerId: 't1', executionId: 'e1' };
const OTHER = { triggerId: 't1', executionId: 'e2' };
const PLAN: WaitPlan = { wakes: 'callbacks', firstPollMs: 1000, longestPollMs: 5000, deadlineAt: 9_000_000 };
const plan = (wakes: WaitPlan['wakes']): WaitPlan => ({ ...PLAN, wakes });

const started: WaitEvent = { type: 'started' };
const dispatched: WaitEvent = { type: 'dispatched', run: RUN };
const lost: WaitEvent = { type: 'dispatch-answer-lost' };
const timer: WaitEvent = { type: 'timer' };
const deadline: WaitEvent = { type: 'deadline' };
const cancelled: WaitEvent = { type: 'cancelled' };
const callback = (token: 'ok' | 'wrong' | 'foreign' = 'ok'): WaitEvent => ({ type: 'callback', token });
const found = (status: string, run = RUN): WaitEvent => ({ type: 'read', found: { ...run, status } });
const absent: WaitEvent = { type: 'read', found: 'absent' };
const unreadable: WaitEvent = { type: 'read', found: 'unreadable' };

const UNTIL = { until: PLAN.deadlineAt };
const SLEEP: WaitAction = { type: 'sleep', wakes: 'callback', ...UNTIL };
const asleepFor = (forMs: number): WaitAction => ({ type: 'sleep', wakes: 'timer', forMs, ...UNTIL });
const READ: WaitAction = { type: 'read', run: RUN };
const LOOK: WaitAction = { type: 'read', run: null };
const RETURN: WaitAction = { type: 'return', run: RUN };
const FAIL = (
	reason: 'cancelled' | 'deadline' | 'absent' | 'unreadable' | 'run-failed',
	run: typeof RUN | null = RUN,
) => ({ type: 'fail', reason, run }) as const;

/** All decisions of a wait that lives through these events. */
function live(events: readonly WaitEvent[], wakes: WaitPlan['wakes'] = 'callbacks'): Decision[] {
	let state = newWait(plan(wakes));
	return events.map(event => {
		const decision = decide(state, event);
		state = decision.state;
		return decision;
	});
}
const actions = (events: readonly WaitEvent[], wakes?: WaitPlan['wakes']) =>
	live(events, wakes).map(({ action }) => action);
const last = (events: readonly WaitEvent[], wakes?: WaitPlan['wakes']) => actions(events, wakes).at(-1);

describe('a wait in which all goes well', () => {
	it('dispatches, sleeps until the callback, reads and returns', () => {
		expect(actions([started, dispatched, callback(), found('completed')])).toEqual([
			{ type: 'dispatch' },
			SLEEP,
			READ,
			RETURN,
		]);
	});

	it('by timers reads less and less often, until the run has ended', () => {
		const running = found('running');
		const events = [
			started,
			dispatched,
			timer,
			running,
			timer,
			running,
			timer,
			running,
			timer,
			running,
			timer,
			running,
		];
		expect(
			actions([...events, timer, found('completed')], 'timers').filter(({ type }) => type !== 'read'),
		).toEqual([{ type: 'dispatch' }, ...[1000, 1500, 2250, 3375, 5000, 5000].map(asleepFor), RETURN]);
	});

	it.each(['failed', 'timeout', 'cancelled', 'skipped'])('fails when the run has ended as %s', status => {
		expect(last([started, dispatched, callback(), found(status)])).toEqual(FAIL('run-failed'));
	});
});

describe('the table of the wait', () => {
	const phases: Record<string, readonly WaitEvent[]> = {
		new: [],
		dispatching: [started],
		asleep: [started, dispatched],
		reading: [started, dispatched, callback()],
		looking: [started, lost],
	};
	const S = SLEEP;
	const rows: [string, WaitEvent, Record<string, WaitAction>][] = [
		[
			'started',
			started,
			{ new: { type: 'dispatch' }, dispatching: LOOK, asleep: READ, reading: READ, looking: LOOK },
		],
		['dispatched', dispatched, { new: S, dispatching: S, asleep: S, reading: S, looking: S }],
		['a lost answer', lost, { new: S, dispatching: LOOK, asleep: S, reading: S, looking: S }],
		['a callback', callback(), { new: S, dispatching: S, asleep: READ, reading: READ, looking: LOOK }],
		['a forged callback', callback('wrong'), { new: S, dispatching: S, asleep: S, reading: S, looking: S }],
		[
			'a foreign callback',
			callback('foreign'),
			{ new: S, dispatching: S, asleep: S, reading: S, looking: S },
		],
		['a timer', timer, { new: S, dispatching: S, asleep: READ, reading: READ, looking: LOOK }],
		[
			'its answer',
			found('completed'),
			{ new: S, dispatching: S, asleep: RETURN, reading: RETURN, looking: RETURN },
		],
		['a run under way', found('running'), { new: S, dispatching: S, asleep: S, reading: S, looking: S }],
		[
			"another run's answer",
			found('completed', OTHER),
			{ new: S, dispatching: S, asleep: S, reading: S, looking: { type: 'return', run: OTHER } },
		],
		[
			'no such run',
			absent,
			{ new: S, dispatching: S, asleep: S, reading: FAIL('absent'), looking: FAIL('absent', null) },
		],
		['no answer', unreadable, { new: S, dispatching: S, asleep: S, reading: S, looking: S }],
		[
			'the deadline',
			deadline,
			{ new: FAIL('deadline', null), dispatching: LOOK, asleep: READ, reading: READ, looking: LOOK },
		],
		[
			'cancelled',
			cancelled,
			{
				new: FAIL('cancelled', null),
				dispatching: FAIL('cancelled', null),
				asleep: FAIL('cancelled'),
				reading: FAIL('cancelled'),
				looking: FAIL('cancelled', null),
			},
		],
	];

	it.each(
		rows.flatMap(([name, event, cells]) =>
			Object.entries(cells).map(([phase, action]) => ({ name, event, phase, action })),
		),
	)('$name, while $phase: $action.type', ({ event, phase, action }) => {
		expect(last([...(phases[phase] ?? []), event])).toEqual(action);
	});

	it('names every phase for every event', () => {
		for (const [, , cells] of rows) expect(Object.keys(cells)).toEqual(Object.keys(phases));
	});
});

describe('a callback', () => {
	it('that comes before the dispatch is answered is not forgotten', () => {
		expect(actions([started, callback(), dispatched, found('completed')])).toEqual([
			{ type: 'dispatch' },
			SLEEP,
			READ,
			RETURN,
		]);
	});

	it.each(['wrong', 'foreign'] as const)(
		'that is %s and comes before that answer is no reason to read',
		token => {
			expect(last([started, callback(token), dispatched])).toEqual(SLEEP);
		},
	);

	it.each(['ok', 'wrong', 'foreign'] as const)(
		'that is %s uses up the only wait of a platform: timers take its place',
		token => {
			const woken = [started, dispatched, callback(token), found('running')];
			expect(last([started, dispatched], 'one-callback')).toEqual(SLEEP);
			expect(actions(woken, 'one-callback').slice(2)).toEqual(
				token === 'ok' ? [READ, asleepFor(1000)] : [asleepFor(1000), asleepFor(1000)],
			);
			expect(last([started, callback(token), dispatched, found('running')], 'one-callback')).toEqual(
				asleepFor(1000),
			);
			expect(last([callback(token), started, dispatched], 'one-callback')).toEqual(asleepFor(1000));
			expect(last([...woken, timer, found('running')], 'one-callback')).toEqual(asleepFor(1500));
		},
	);

	it('that is early leaves a platform asleep which can be called again', () => {
		expect(last([started, dispatched, callback(), found('running')])).toEqual(SLEEP);
		expect(last([started, dispatched, callback(), unreadable, callback(), found('completed')])).toEqual(
			RETURN,
		);
	});
});

describe('a dispatch whose answer was lost', () => {
	it('is looked for by its key, waited for when it is found, and not sent again', () => {
		expect(actions([started, lost, found('running'), callback(), found('completed')])).toEqual([
			{ type: 'dispatch' },
			LOOK,
			SLEEP,
			READ,
			RETURN,
		]);
	});

	it('is waited for when its answer comes late', () => {
		expect(actions([started, lost, dispatched, callback(), found('completed')]).slice(1)).toEqual([
			LOOK,
			SLEEP,
			READ,
			RETURN,
		]);
	});

	it('is read at once when its answer comes after the deadline', () => {
		expect(actions([started, deadline, dispatched, found('running')]).slice(1)).toEqual([
			LOOK,
			READ,
			FAIL('deadline'),
		]);
	});

	it('is looked for again by the next timer when looking gave no answer', () => {
		expect(actions([started, lost, unreadable, timer, found('completed')], 'timers').slice(1)).toEqual([
			LOOK,
			asleepFor(1000),
			LOOK,
			RETURN,
		]);
	});
});

describe('the deadline', () => {
	it('lets the run be read once more', () => {
		expect(actions([started, dispatched, deadline, found('completed')]).slice(2)).toEqual([READ, RETURN]);
		expect(actions([started, dispatched, deadline, found('running')]).slice(2)).toEqual([
			READ,
			FAIL('deadline'),
		]);
		expect(actions([started, dispatched, deadline, unreadable]).slice(2)).toEqual([READ, FAIL('unreadable')]);
		expect(actions([started, dispatched, callback(), deadline, deadline]).slice(2)).toEqual([
			READ,
			READ,
			FAIL('deadline'),
		]);
	});

	it('ends a wait also when the platform died over the last read', () => {
		expect(actions([started, dispatched, deadline, started, found('running')]).slice(2)).toEqual([
			READ,
			READ,
			FAIL('deadline'),
		]);
	});
});

/** Any event at all, with ids of our run and of others. */
const anyRun = fc.constantFrom(RUN, OTHER);
const anyEvent: fc.Arbitrary<WaitEvent> = fc.oneof(
	fc.constantFrom(started, lost, timer, absent, unreadable, deadline, cancelled),
	anyRun.map((run): WaitEvent => ({ type: 'dispatched', run })),
	fc.constantFrom('ok', 'wrong', 'foreign').map(callback),
	fc
		.tuple(fc.constantFrom('pending', 'running', 'completed', 'failed', 'unheard-of'), anyRun)
		.map(([status, run]) => found(status, run)),
);
const anyWakes = fc.constantFrom<WaitPlan['wakes']>('callbacks', 'one-callback', 'timers');
const isResult = ({ action }: Decision) => action.type === 'return' || action.type === 'fail';

describe('in any order, repetition and loss of events', () => {
	it('there is at most one dispatch and at most one result, and nothing after it', () => {
		fc.assert(
			fc.property(anyWakes, fc.array(anyEvent, { maxLength: 30 }), (wakes, events) => {
				const decisions = live(events, wakes);
				expect(decisions.filter(({ action }) => action.type === 'dispatch').length).toBeLessThanOrEqual(1);
				expect(decisions.filter(isResult).length).toBeLessThanOrEqual(1);
				const end = decisions.findIndex(isResult);
				if (end === -1) return;
				for (const { action, state } of decisions.slice(end + 1)) {
					expect(action.type).toBe('sleep');
					expect(state).toEqual(decisions[end]?.state);
				}
			}),
			{ numRuns: 5000 },
		);
	});

	it('what is returned was read of the run that was dispatched, or found by its key', () => {
		fc.assert(
			fc.property(anyWakes, fc.array(anyEvent, { maxLength: 30 }), (wakes, events) => {
				let known: string | undefined;
				live(events, wakes).forEach(({ state, action }, index) => {
					if (known !== undefined) expect(state.run?.executionId).toBe(known);
					known ??= state.run?.executionId;
					if (action.type !== 'return') return;
					expect(action.run).toEqual(state.run);
					expect(events[index]).toMatchObject({
						type: 'read',
						found: { ...action.run, status: 'completed' },
					});
				});
			}),
			{ numRuns: 5000 },
		);
	});

	it('no wait is without an end: after the deadline comes one more read, or a second deadline', () => {
		fc.assert(
			fc.property(
				anyWakes,
				fc.array(anyEvent, { maxLength: 20 }),
				fc.array(fc.constantFrom(timer, callback(), callback('wrong'), started), { maxLength: 5 }),
				fc.constantFrom<WaitEvent>(deadline, found('running'), found('completed'), absent, unreadable),
				(wakes, events, between, ending) => {
					const decisions = live([...events, deadline, ...between, ending, deadline], wakes);
					expect(decisions.at(-1)?.state.phase).toBe('ended');
					for (const { action } of decisions) {
						if (action.type === 'sleep') expect(action.until).toBe(PLAN.deadlineAt);
					}
				},
			),
			{ numRuns: 5000 },
		);
	});

	it('the state survives being stored as JSON, and is never changed in place', () => {
		fc.assert(
			fc.property(anyWakes, fc.array(anyEvent, { maxLength: 30 }), (wakes, events) => {
				let state: WaitState = Object.freeze(newWait(plan(wakes)));
				for (const event of events) {
					const stored: WaitState = JSON.parse(JSON.stringify(state));
					const decision = decide(state, Object.freeze(event));
					expect(decide(stored, event)).toEqual(decision);
					state = Object.freeze(decision.state);
				}
			}),
		);
	});
});

/** What befalls the host while it carries out one action. */
type Mishap = 'none' | 'answer lost' | 'died before' | 'died after';

/** A platform and a host that carries out the actions, dies, and goes on with the state that it stored. */
class World {
	dispatches = 0;
	readonly results: WaitAction[] = [];
	#reads = 0;
	readonly #wakes: WaitPlan['wakes'];
	readonly #readsUntilDone: number;
	readonly #callback: 'comes' | 'lost' | 'forged first';

	constructor(wakes: WaitPlan['wakes'], readsUntilDone: number, fate: 'comes' | 'lost' | 'forged first') {
		this.#wakes = wakes;
		this.#readsUntilDone = readsUntilDone;
		this.#callback = fate;
	}

	run(mishaps: readonly Mishap[]): void {
		const left = [...mishaps];
		let forged = this.#callback === 'forged first';
		let sleeps = 0;
		let state = newWait(plan(this.#wakes));
		let event: WaitEvent = started;
		for (let step = 0; step < 200; step++) {
			const decision = decide(state, event);
			state = JSON.parse(JSON.stringify(decision.state));
			const { action } = decision;
			if (action.type === 'return' || action.type === 'fail') {
				this.results.push(action);
				return;
			}
			const mishap = action.type === 'sleep' ? 'none' : (left.shift() ?? 'none');
			if (action.type === 'sleep') {
				if (action.wakes === 'timer') event = ++sleeps > 20 ? deadline : timer;
				else if (forged) event = callback('wrong');
				else event = this.#callback === 'lost' ? deadline : this.#callbackOrDeadline();
				forged = false;
			} else if (action.type === 'dispatch') {
				event = mishap === 'died before' ? started : this.#dispatch(mishap);
			} else {
				event = mishap === 'died before' || mishap === 'died after' ? started : this.#read(mishap);
			}
		}
		throw new Error('The wait has no end.');
	}

	#called = false;
	#callbackOrDeadline(): WaitEvent {
		if (this.#called) return deadline;
		this.#called = true;
		this.#reads = this.#readsUntilDone;
		return callback();
	}

	#dispatch(mishap: Mishap): WaitEvent {
		this.dispatches++;
		if (mishap === 'died after') return started;
		return mishap === 'answer lost' ? lost : dispatched;
	}

	#read(mishap: Mishap): WaitEvent {
		if (mishap === 'answer lost') return unreadable;
		if (this.dispatches === 0) return absent;
		return found(this.#reads++ >= this.#readsUntilDone ? 'completed' : 'running');
	}
}

it('a host that dies between any two steps, and whose callbacks are lost or forged, ends with the answer of its run, or an error', () => {
	const seen = { return: 0, fail: 0 };
	fc.assert(
		fc.property(
			anyWakes,
			fc.nat(4),
			fc.constantFrom('comes', 'lost', 'forged first'),
			fc.array(fc.constantFrom<Mishap>('none', 'none', 'answer lost', 'died before', 'died after'), {
				maxLength: 8,
			}),
			(wakes, readsUntilDone, fate, mishaps) => {
				const world = new World(wakes, readsUntilDone, fate);
				world.run(mishaps);
				expect(world.dispatches).toBeLessThanOrEqual(1);
				expect(world.results).toHaveLength(1);
				const [result] = world.results;
				if (result?.type === 'return') expect(result.run).toEqual(RUN);
				// Nothing was lost and the callback came, or timers were set: then the answer is there.
				if (mishaps.length === 0 && (fate === 'comes' || wakes === 'timers')) {
					expect(result).toEqual(RETURN);
				}
				seen[result?.type === 'return' ? 'return' : 'fail']++;
			},
		),
		{ numRuns: 3000 },
	);
	expect(Math.min(seen.return, seen.fail)).toBeGreaterThan(0);
});
