import { afterEach, describe, expect, it, vi } from 'vitest';
import { Waitpoints } from '../../../hosts/activepieces/waitpoints.ts';

const opened: Waitpoints[] = [];
afterEach(() => {
	vi.useRealTimers();
	for (const waitpoints of opened.splice(0)) waitpoints.close();
});

function open(): Waitpoints {
	const waitpoints = new Waitpoints(1);
	opened.push(waitpoints);
	return waitpoints;
}

const PAYLOAD = { body: { a: 0 }, headers: {}, queryParams: {} };
const soon = () => Date.now() + 20;
const never = () => Date.now() + 3_600_000;

describe('the waitpoints of a run', () => {
	it('are the same for a step that is repeated, and for the next item of a loop, until one has ended a pause', async () => {
		const waitpoints = open();
		const first = waitpoints.create('step_1', undefined);
		expect(waitpoints.create('step_1', undefined)).toBe(first);
		expect(waitpoints.create('step_2', undefined)).not.toBe(first);
		const paused = waitpoints.pause();
		expect(waitpoints.isPaused).toBe(true);
		expect(waitpoints.resume(first, PAYLOAD)).toBe(true);
		expect(await paused).toEqual(PAYLOAD);
		expect(waitpoints.create('step_1', undefined)).not.toBe(first);
	});

	it('end a pause once: what comes again is out of date', async () => {
		const waitpoints = open();
		const first = waitpoints.create('step_1', undefined);
		const paused = waitpoints.pause();
		waitpoints.resume(first, PAYLOAD);
		await paused;
		waitpoints.create('step_1', undefined);
		void waitpoints.pause();
		expect(waitpoints.resume(first, PAYLOAD)).toBe(false);
		expect(waitpoints.isPaused).toBe(true);
	});

	it('keep what comes before the run has paused, for whatever step does', async () => {
		const waitpoints = open();
		waitpoints.resume(waitpoints.create('step_1', undefined), PAYLOAD);
		expect(await waitpoints.pause()).toEqual(PAYLOAD);
		waitpoints.resume('of an earlier pause', PAYLOAD);
		waitpoints.create('step_2', never());
		expect(await waitpoints.pause()).toEqual(PAYLOAD);
	});

	it('bring nothing where a timer ends a pause', async () => {
		const waitpoints = open();
		waitpoints.create('step_1', soon());
		expect(await waitpoints.pause()).toBeNull();
	});

	it('share one timer: while one is set, no other is', async () => {
		vi.useFakeTimers();
		const waitpoints = open();
		const first = waitpoints.create('step_1', Date.now() + 10_000);
		const paused = waitpoints.pause();
		waitpoints.resume(first, PAYLOAD);
		await paused;
		waitpoints.create('step_1', Date.now() + 5_000);
		void waitpoints.pause();
		vi.advanceTimersByTime(60_000);
		expect(waitpoints.isPaused).toBe(true);
	});
});
