import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { type Deadline, readTimeout, startBudget } from './deadline.ts';
import { deadline, sleep } from './timers.ts';

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;
const never = new Promise<never>(() => {});

/** A deadline that passes when the test says so. */
function manualDeadline() {
	const controller = new AbortController();
	let cleared = false;
	const clear = () => {
		cleared = true;
	};
	const start = (): Deadline => ({ signal: controller.signal, clear });
	return { start, pass: () => controller.abort(), signal: controller.signal, isCleared: () => cleared };
}

/** Work for the garbage collector: a signal that nothing holds would not survive it. */
function churn() {
	for (let round = 0; round < 50; round++) void new Array(200_000).fill(round).map(String);
}

describe('a budget', () => {
	it('gives its work the time that it needs', async () => {
		const budget = startBudget(1000, manualDeadline().start, undefined);
		await expect(budget.race(Promise.resolve(7))).resolves.toBe(7);
		await expect(budget.race(Promise.reject(new Error('own')))).rejects.toThrow('own');
		expect(budget.failure()).toBeUndefined();
		expect(budget.signal.aborted).toBe(false);
	});

	it('ends its work with a timeout once its time is up, and every later piece of work too', async () => {
		const clock = manualDeadline();
		const budget = startBudget(1000, clock.start, undefined);
		const work = budget.race(never);
		clock.pass();
		await expect(work).rejects.toMatchObject({ kind: 'timeout', retryable: true, effect: 'unknown' });
		await expect(budget.race(never)).rejects.toMatchObject({ kind: 'timeout' });
		await expect(budget.race(Promise.reject(new Error('late')))).rejects.toMatchObject({ kind: 'timeout' });
		expect(budget.signal.aborted).toBe(true);
	});

	it('has ended from the start when its deadline has passed before', async () => {
		const clock = manualDeadline();
		clock.pass();
		const budget = startBudget(1000, clock.start, undefined);
		await expect(budget.race(never)).rejects.toMatchObject({ kind: 'timeout' });
	});

	it.each([
		['an error', new Error('mine')],
		['a text', 'mine'],
		['nothing', undefined],
	])('ends its work as aborted when the caller aborts with %s', async (_name, reason) => {
		const caller = new AbortController();
		const budget = startBudget(1000, manualDeadline().start, caller.signal);
		const work = budget.race(never);
		caller.abort(reason);
		await expect(work).rejects.toMatchObject({
			kind: 'aborted',
			retryable: false,
			cause: caller.signal.reason,
		});
	});

	it('has ended from the start when the caller aborted before', async () => {
		const budget = startBudget(1000, manualDeadline().start, AbortSignal.abort());
		expect(budget.failure()).toMatchObject({ kind: 'aborted' });
		await expect(budget.race(Promise.resolve(7))).rejects.toMatchObject({ kind: 'aborted' });
	});

	it('keeps the first reason for its end', () => {
		const clock = manualDeadline();
		const caller = new AbortController();
		const budget = startBudget(1000, clock.start, caller.signal);
		caller.abort();
		clock.pass();
		expect(budget.failure()).toMatchObject({ kind: 'aborted' });
	});

	it('closes what is under way when it ends, without a failure of its own', () => {
		const budget = startBudget(1000, manualDeadline().start, undefined);
		budget.underWay = true;
		budget.end();
		expect(budget.signal.aborted).toBe(true);
		expect(budget.failure()).toBeUndefined();
	});

	it('leaves neither a timer nor a listener behind', () => {
		const clock = manualDeadline();
		const caller = new AbortController();
		const budget = startBudget(1000, clock.start, caller.signal);
		expect([listenersOf(caller.signal), listenersOf(clock.signal)]).toEqual([1, 1]);
		budget.end();
		expect([listenersOf(caller.signal), listenersOf(clock.signal)]).toEqual([0, 0]);
		expect(clock.isCleared()).toBe(true);
		caller.abort();
		expect(budget.failure()).toBeUndefined();
	});

	it('counts down and never below zero', () => {
		vi.useFakeTimers({ toFake: ['performance'] });
		try {
			const budget = startBudget(1000, manualDeadline().start, undefined);
			expect(budget.remainingMs()).toBe(1000);
			vi.advanceTimersByTime(400);
			expect(budget.remainingMs()).toBe(600);
			vi.advanceTimersByTime(4000);
			expect(budget.remainingMs()).toBe(0);
		} finally {
			vi.useRealTimers();
		}
	});

	it('still fires after the garbage collector has run', async () => {
		const start = () => startBudget(30, deadline, undefined).race(never);
		const works = Array.from({ length: 50 }, start);
		churn();
		for (const work of works) await expect(work).rejects.toMatchObject({ kind: 'timeout' });
	});

	it('still hears the caller after the garbage collector has run', async () => {
		const caller = new AbortController();
		const works = Array.from({ length: 50 }, () => startBudget(60_000, deadline, caller.signal));
		const races = works.map(budget => budget.race(never));
		churn();
		caller.abort();
		for (const race of races) await expect(race).rejects.toMatchObject({ kind: 'aborted' });
		for (const budget of works) budget.end();
		expect(listenersOf(caller.signal)).toBe(0);
	});
});

describe('the default timers', () => {
	it('abort after their time', async () => {
		const { signal } = deadline(1);
		if (!signal.aborted) await new Promise<void>(resolve => signal.addEventListener('abort', resolve));
		expect(signal.aborted).toBe(true);
	});

	it('never abort once cleared', async () => {
		const timer = deadline(1);
		timer.clear();
		await new Promise(resolve => setTimeout(resolve, 20));
		expect(timer.signal.aborted).toBe(false);
	});

	it('sleep, and leave no listener on the signal', async () => {
		const { signal } = new AbortController();
		await sleep(1, signal);
		expect(listenersOf(signal)).toBe(0);
	});

	it('wake at once with the reason when the signal aborts, or has aborted before', async () => {
		const controller = new AbortController();
		const pause = sleep(60_000, controller.signal);
		controller.abort('enough');
		await expect(pause).rejects.toBe('enough');
		await expect(sleep(60_000, controller.signal)).rejects.toBe('enough');
	});
});

describe('a timeout', () => {
	it.each([1, 1.5, 120_000, 2_147_483_647])('of %d ms is taken', value => {
		expect(readTimeout(value, 'timeoutMs')).toBe(value);
	});

	it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2_147_483_648, '1000', null, undefined, {}])(
		'of %s is refused by the name of its option',
		value => {
			expect(() => readTimeout(value, 'timeoutMs')).toThrow(
				expect.objectContaining({ kind: 'config', message: expect.stringContaining('timeoutMs') }),
			);
		},
	);
});
