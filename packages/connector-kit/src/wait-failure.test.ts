import { describe, expect, it } from 'vitest';
import type { WaitFailureReason } from './wait.ts';
import { waitError } from './wait-failure.ts';

const RUN = { triggerId: 't1', executionId: 'e1' };

describe('the error of a wait', () => {
	it.each<[WaitFailureReason, string, RegExp]>([
		[
			'cancelled',
			'aborted',
			/^The wait for the agent was cancelled\. Its run goes on: execution e1 of trigger t1/,
		],
		[
			'deadline',
			'timeout',
			/^The agent did not finish in the time.*execution e1 of trigger t1 can be read later/,
		],
		['unreadable', 'network', /could not be read\. Its run goes on: execution e1 of trigger t1/],
		['absent', 'not_found', /no longer has execution e1 of trigger t1/],
	])('for %s is of kind %s, and names the ids', (reason, kind, message) => {
		expect(waitError({ type: 'fail', reason, run: RUN })).toMatchObject({
			kind,
			message: expect.stringMatching(message),
			executionId: 'e1',
			effect: 'unknown',
		});
	});

	it.each<[WaitFailureReason, string, RegExp]>([
		['cancelled', 'aborted', /Whether the agent was asked is not known/],
		['deadline', 'timeout', /Whether the agent was asked is not known/],
		['absent', 'unknown', /has no run of it\. It is not sent again/],
	])('for %s without a run is of kind %s, and says what is not known', (reason, kind, message) => {
		const error = waitError({ type: 'fail', reason, run: null });
		expect(error).toMatchObject({ kind, effect: 'unknown', message: expect.stringMatching(message) });
		expect(error.executionId).toBeUndefined();
	});

	it.each([
		['failed', 'server'],
		['timeout', 'timeout'],
		['cancelled', 'aborted'],
		['skipped', 'server'],
	])('for a run that ended as %s is of kind %s, and says why', (status, kind) => {
		const execution = {
			...RUN,
			status,
			sessionId: 's1',
			error: { code: 'ENGINE_ERROR', message: 'No model.' },
		};
		expect(waitError({ type: 'fail', reason: 'run-failed', run: RUN }, execution)).toMatchObject({
			kind,
			message: `The agent's run ended as ${status}. No model.`,
			code: 'ENGINE_ERROR',
			sessionId: 's1',
			executionId: 'e1',
		});
	});

	it('for a failed run of which nothing more is known says that it failed', () => {
		expect(waitError({ type: 'fail', reason: 'run-failed', run: RUN })).toMatchObject({
			kind: 'server',
			message: "The agent's run ended as failed.",
		});
	});
});
