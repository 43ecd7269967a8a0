import { expect, test } from 'vitest';
import { isTested, senderPoints } from './case-files.ts';

/** Where each point that is expected of a sender of webhooks has its test. */
const TESTS: Record<string, readonly (readonly [file: string, title: string])[]> = {
	T11: [
		['callbacks.test.ts', 'an answer of %i is a delivery'],
		['callbacks.test.ts', 'an answer of %i is a refusal and is not repeated'],
	],
	T12: [['callbacks.test.ts', 'a redirect is not followed']],
	T13: [['callbacks.test.ts', 'an answer of %i is a refusal and is not repeated']],
	T14: [
		['callbacks.test.ts', 'a receiver that says when it is back is not called before'],
		['callback-schedule.test.ts', 'a longer Retry-After wins over the schedule, a shorter one does not'],
	],
	T15: [['callbacks.test.ts', 'a receiver that says nothing costs one time limit and one attempt']],
	T16: [
		['callbacks.test.ts', 'each attempt is signed for its own moment'],
		[
			'callbacks.test.ts',
			'a callback is repeated with the same id and a new attempt number until it is taken',
		],
	],
	T17: [
		[
			'callback-schedule.test.ts',
			'each repetition waits for its place in the schedule, give or take a fifth',
		],
	],
	T18: [['kill-nine.test.ts', 'killed between the answer of the receiver and its own note of it']],
	T19: [['kill-nine.test.ts', 'times kill -9 under load nothing accepted is lost, untold or done twice']],
	T20: [['outbox.test.ts', 'two sandboxes on one file make each attempt once']],
	T21: [
		['callbacks.test.ts', 'receivers that take their time do not keep the others waiting'],
		['callbacks.test.ts', 'no more than eight callbacks at a time go to one receiver, and each goes'],
	],
	T22: [['callbacks.test.ts', 'a receiver that talks on and on is cut off, and its status counts']],
	T23: [
		[
			'callback-target.test.ts',
			'a name is judged by the address that it leads to, at the moment of connecting',
		],
		['callbacks.test.ts', '%s is not connected to, however it came into the database'],
	],
	T24: [
		['callbacks.test.ts', 'a finished run is told to its callback, signed in both ways and without the key'],
	],
	T25: [['outbox.test.ts', 'an answer too large for a callback is left out of it, and can be read back']],
	T26: [
		[
			'callbacks.test.ts',
			'a callback that is never taken fails after its last attempt, and the result can still be read',
		],
	],
};

test.each(senderPoints)('$id: $statement', ({ id }) => {
	const tests = TESTS[id] ?? [];
	expect(tests).not.toEqual([]);
	for (const [file, title] of tests) expect(isTested(file, title), title).toBe(true);
});
