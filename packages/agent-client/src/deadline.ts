import { configError, ZihinAgentError } from './errors.ts';

/** A timer that can be called off. */
export interface Deadline {
	/** Aborts when the time has passed. */
	readonly signal: DeadlineSignal;
	/** Frees the timer. The signal never aborts afterwards, or nobody listens to it any more. */
	clear(): void;
}

/** The part of an `AbortSignal` that a deadline needs. An `AbortSignal` is one. */
export interface DeadlineSignal {
	/** Whether it has aborted. */
	readonly aborted: boolean;
	/** Has `listener` called once it aborts. A deadline gets one listener. */
	addEventListener(type: 'abort', listener: () => void): void;
	/** Forgets the listener. `clear()` follows at once. */
	removeEventListener(type: 'abort', listener: () => void): void;
}

/** One budget of time for a whole call: all its attempts, waits, headers and bodies. */
export interface Budget {
	/** Aborts when the time is up, when the caller aborts, or when the call is cancelled. */
	readonly signal: AbortSignal;
	/** Milliseconds left, never negative. */
	remainingMs(): number;
	/** Settles as `work` does, or rejects when the budget ends first. Only one race runs at a time. */
	race<T>(work: Promise<T>): Promise<T>;
	/** Whether an answer is awaited or read: `end` then aborts it. Where none is, an abort would only cost time. */
	underWay: boolean;
	/** Runs when the budget fails, also at once where it has. Only the last one given runs. */
	onFailure(act: () => void): void;
	/** Why the budget ended before the work did, as an error; nothing while it has not. */
	failure(): ZihinAgentError | undefined;
	/** Frees the timer and the listener on the caller's signal, and ends what is still under way. */
	end(): void;
}

/**
 * Starts a budget. It owns one AbortController and forwards the caller's signal to it by a listener that
 * `end` removes. A composite of `AbortSignal.any` and `AbortSignal.timeout` would be garbage-collected, and
 * never fire, on Node 18 and 20.
 */
export function startBudget(
	timeoutMs: number,
	deadline: (ms: number) => Deadline,
	callerSignal: AbortSignal | undefined,
): Budget {
	const controller = new AbortController();
	const endsAt = performance.now() + timeoutMs;
	let failure: ZihinAgentError | undefined;
	let onFailure: (() => void) | undefined;
	let interrupt: ((reason: unknown) => void) | undefined;

	const fail = (error: ZihinAgentError) => {
		if (controller.signal.aborted) return;
		failure = error;
		controller.abort(error);
		interrupt?.(error);
		onFailure?.();
	};
	const onTimeout = () => fail(timedOut(timeoutMs));
	const onAbort = () => fail(aborted(callerSignal?.reason));

	const timer = deadline(timeoutMs);
	timer.signal.addEventListener('abort', onTimeout);
	callerSignal?.addEventListener('abort', onAbort);
	if (timer.signal.aborted) onTimeout();
	if (callerSignal?.aborted) onAbort();

	const budget: Budget = {
		signal: controller.signal,
		underWay: false,
		remainingMs: () => Math.max(0, endsAt - performance.now()),
		race: work => {
			if (failure !== undefined) {
				work.catch(() => {});
				return Promise.reject(failure);
			}
			// One slot instead of Promise.race: racing each chunk of a stream against one long-lived promise
			// would hang a reaction on that promise for every chunk.
			return new Promise((resolve, reject) => {
				interrupt = reject;
				work.then(resolve, reject);
			});
		},
		onFailure: act => {
			onFailure = act;
			if (failure !== undefined) act();
		},
		failure: () => failure,
		end: () => {
			timer.signal.removeEventListener('abort', onTimeout);
			timer.clear();
			callerSignal?.removeEventListener('abort', onAbort);
			interrupt?.(ENDED);
			onFailure = undefined;
			// A reason of our own: without one every call would pay for an exception with its stack.
			if (budget.underWay && !controller.signal.aborted) controller.abort(ENDED);
		},
	};
	return budget;
}

const ENDED = 'The call has ended.';

/** The largest delay a timer takes; a longer one would fire at once. */
export const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** Refuses a time that a timer would misread: `setTimeout(NaN)` and `setTimeout(Infinity)` fire at once. */
export function readTimeout(value: unknown, name: string): number {
	if (typeof value === 'number' && value > 0 && value <= LONGEST_TIMEOUT_MS) return value;
	throw configError(`${name} must be a number of milliseconds from 1 to ${LONGEST_TIMEOUT_MS}.`);
}

function timedOut(timeoutMs: number): ZihinAgentError {
	return new ZihinAgentError({
		kind: 'timeout',
		message: `No complete answer within ${timeoutMs} ms (timeoutMs).`,
		retryable: true,
		effect: 'unknown',
	});
}

function aborted(reason: unknown): ZihinAgentError {
	return new ZihinAgentError({
		kind: 'aborted',
		message: 'The call was aborted by its caller.',
		effect: 'unknown',
		cause: reason,
	});
}
