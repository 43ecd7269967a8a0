import type { Execution } from '@zihin/agent-client/core';
import { hasEnded, type RunIds } from '@zihin/agent-client/runs';

/** What the platform lets a step wait for, and for how long. */
export interface WaitPlan {
	/**
	 * `callbacks`: a callback that does not count is answered, and the wait goes on. `one-callback`: whoever calls
	 * the URL first ends the platform's wait, so that only timers are left. `timers`: there is no callback.
	 */
	readonly wakes: 'callbacks' | 'one-callback' | 'timers';
	/** Milliseconds before the first read by a timer; each later one waits half as long again. */
	readonly firstPollMs: number;
	readonly longestPollMs: number;
	/** Milliseconds since 1970: when the host says `deadline`. */
	readonly deadlineAt: number;
}

/**
 * Where a wait stands. Plain JSON: stored before its action is carried out, it survives the process. An end is
 * stored in one write with its result: a wait that has ended gives its result only once.
 */
export interface WaitState {
	readonly phase: 'new' | 'dispatching' | 'asleep' | 'reading' | 'ended';
	readonly plan: WaitPlan;
	/** The first one that the dispatch or a look-up named, and no other. */
	readonly run: RunIds | null;
	/** The callback came before the dispatch was answered. */
	readonly called: boolean;
	/** The platform's wait for a callback is over. */
	readonly usedUp: boolean;
	/** How often a timer has woken it. */
	readonly polls: number;
	/** The deadline has passed: the next read is the last one. */
	readonly last: boolean;
}

/** What happened. Any of them may come twice, late, or not at all. */
export type WaitEvent =
	/** The step was started: by the platform, or again with the stored state after a crash. */
	| { readonly type: 'started' }
	| { readonly type: 'dispatched'; readonly run: RunIds }
	/** Whether it was dispatched is not known. */
	| { readonly type: 'dispatch-answer-lost' }
	/** `foreign`: the token is right, and another run is named. */
	| { readonly type: 'callback'; readonly token: 'ok' | 'wrong' | 'foreign' }
	| { readonly type: 'timer' }
	/** What reading the run gave. `absent`: the platform has no such run. `unreadable`: it gave no answer. */
	| { readonly type: 'read'; readonly found: ReadRun | 'absent' | 'unreadable' }
	| { readonly type: 'deadline' }
	| { readonly type: 'cancelled' };

export type ReadRun = RunIds & Pick<Execution, 'status'>;

/** Why a wait ended without an answer. */
export type WaitFailureReason = 'cancelled' | 'deadline' | 'absent' | 'unreadable' | 'run-failed';

/** What the host does next. */
export type WaitAction =
	| { readonly type: 'dispatch' }
	/** Nothing, until the next event. `until` is when `deadline` is due; after the end nothing more is due. */
	| { readonly type: 'sleep'; readonly wakes: 'callback'; readonly until: number }
	| { readonly type: 'sleep'; readonly wakes: 'timer'; readonly forMs: number; readonly until: number }
	/** Without a run: looks for it by its key, and dispatches nothing. */
	| { readonly type: 'read'; readonly run: RunIds | null }
	/** The run has completed: what was read last is its answer. */
	| { readonly type: 'return'; readonly run: RunIds }
	| WaitFailure;

export interface WaitFailure {
	readonly type: 'fail';
	readonly reason: WaitFailureReason;
	readonly run: RunIds | null;
}

export interface Decision {
	readonly state: WaitState;
	readonly action: WaitAction;
}

export function newWait(plan: WaitPlan): WaitState {
	return { phase: 'new', plan, run: null, called: false, usedUp: false, polls: 0, last: false };
}

/**
 * The wait for a run, with everything that touches the world outside: at most one dispatch and one result,
 * whatever order the events come in. A callback is only a reason to read; what is returned was read.
 *
 * | event                 | new      | dispatching         | asleep         | reading               |
 * | --------------------- | -------- | ------------------- | -------------- | --------------------- |
 * | started               | dispatch | look for it         | read           | read                  |
 * | dispatched, the first | –        | sleep; called: read | sleep          | sleep; last: read     |
 * | dispatch-answer-lost  | –        | look for it         | –              | –                     |
 * | callback, ok          | –        | called              | read           | read                  |
 * | callback, not ok      | –        | –                   | –              | –                     |
 * | timer                 | –        | –                   | read           | read                  |
 * | read, ours, ended     | –        | –                   | return or fail | return or fail        |
 * | read, ours, not yet   | –        | –                   | –              | sleep; last: fail     |
 * | read, another's       | –        | –                   | –              | –                     |
 * | read, absent          | –        | –                   | –              | fail                  |
 * | read, unreadable      | –        | –                   | –              | sleep; last: fail     |
 * | deadline              | fail     | last: look for it   | last: read     | last: read; then fail |
 * | cancelled             | fail     | fail                | fail           | fail                  |
 *
 * A dash is a sleep that changes nothing. Without a known run, to read is to look for it. Once ended it stays so.
 */
export function decide(state: WaitState, event: WaitEvent): Decision {
	if (state.phase === 'ended') return stay(state);
	const isNew = state.phase === 'new';
	const isRead = state.phase === 'asleep' || state.phase === 'reading';
	switch (event.type) {
		case 'started':
			return isNew
				? { state: { ...state, phase: 'dispatching' }, action: { type: 'dispatch' } }
				: read(state);
		case 'dispatched':
			return isNew || state.run !== null ? stay(state) : dispatched({ ...state, run: event.run });
		case 'dispatch-answer-lost':
			return state.phase === 'dispatching' ? read(state) : stay(state);
		case 'callback': {
			const usedUp = state.usedUp || state.plan.wakes === 'one-callback';
			if (event.token !== 'ok' || isNew) return stay({ ...state, usedUp });
			return isRead ? read({ ...state, usedUp }) : stay({ ...state, usedUp, called: true });
		}
		case 'timer':
			return isRead ? read({ ...state, polls: state.polls + 1 }) : stay(state);
		case 'read':
			return isRead ? readResult(state, event.found) : stay(state);
		case 'deadline':
			return isNew || state.last ? fail(state, 'deadline') : read({ ...state, last: true });
		case 'cancelled':
			return fail(state, 'cancelled');
	}
}

function dispatched(state: WaitState): Decision {
	return state.called || state.last ? read(state) : sleep(state);
}

function readResult(state: WaitState, found: ReadRun | 'absent' | 'unreadable'): Decision {
	if (typeof found === 'object') {
		const { triggerId, executionId, status } = found;
		if (state.run !== null && state.run.executionId !== executionId) return stay(state);
		const run = state.run ?? { triggerId, executionId };
		if (status === 'completed') return { state: ended(state, run), action: { type: 'return', run } };
		return hasEnded(found) ? fail({ ...state, run }, 'run-failed') : notYet({ ...state, run }, 'deadline');
	}
	if (found === 'unreadable') return notYet(state, 'unreadable');
	return state.phase === 'reading' ? fail(state, 'absent') : stay(state);
}

function notYet(state: WaitState, reason: WaitFailureReason): Decision {
	return state.last ? fail(state, reason) : sleep(state);
}

function read(state: WaitState): Decision {
	return { state: { ...state, phase: 'reading' }, action: { type: 'read', run: state.run } };
}

function sleep(state: WaitState): Decision {
	return stay({ ...state, phase: 'asleep' });
}

/** Goes on waiting as before. */
function stay(state: WaitState): Decision {
	const { plan, polls, usedUp } = state;
	const until = plan.deadlineAt;
	if (plan.wakes !== 'timers' && !usedUp)
		return { state, action: { type: 'sleep', wakes: 'callback', until } };
	const forMs = Math.min(plan.longestPollMs, plan.firstPollMs * 1.5 ** polls);
	return { state, action: { type: 'sleep', wakes: 'timer', forMs, until } };
}

function fail(state: WaitState, reason: WaitFailureReason): Decision {
	return { state: ended(state, state.run), action: { type: 'fail', reason, run: state.run } };
}

function ended(state: WaitState, run: RunIds | null): WaitState {
	return { ...state, phase: 'ended', run };
}
