/** Why a budget ended before its work did. */
export type BudgetEnd = 'timeout' | 'aborted';

/** The time that a call has for everything that it does. */
export interface Budget {
	readonly signal: AbortSignal;
	/** Milliseconds left, never negative. */
	remainingMs(): number;
	/** Resolves after so many milliseconds; rejects when the budget ends first. */
	sleep(ms: number): Promise<void>;
}

/** What work within a budget rejects with when the budget ends first. */
export class BudgetError extends Error {
	readonly end: BudgetEnd;

	constructor(end: BudgetEnd) {
		super(end === 'timeout' ? 'The time is up.' : 'The caller aborted.');
		this.end = end;
	}
}

/** The largest delay a timer takes; a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** @throws {TypeError} for a time that a timer would misread: `setTimeout(NaN)` fires at once. */
export function checkedTimeout(name: string, value: number): number {
	if (value >= 1 && value <= LONGEST_TIMEOUT_MS) return value;
	throw new TypeError(`${name} has to be a number of milliseconds from 1 to ${LONGEST_TIMEOUT_MS}.`);
}

/**
 * Does work within a time, and until the caller's signal aborts.
 *
 * One controller and a listener that is removed: a composite of `AbortSignal.any` and `AbortSignal.timeout` can be
 * garbage-collected, and then never fires, on Node 18 and 20.
 *
 * @throws {BudgetError} as soon as the budget ends, whether or not the work notices.
 */
export async function withinBudget<T>(
	timeoutMs: number,
	caller: AbortSignal | undefined,
	work: (budget: Budget) => Promise<T>,
): Promise<T> {
	if (caller?.aborted) throw new BudgetError('aborted');
	const controller = new AbortController();
	const { signal } = controller;
	const endsAt = performance.now() + timeoutMs;
	const ended = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason));
	});
	const abort = () => controller.abort(new BudgetError('aborted'));
	const timer = setTimeout(() => controller.abort(new BudgetError('timeout')), timeoutMs);
	caller?.addEventListener('abort', abort);
	const budget: Budget = {
		signal,
		remainingMs: () => Math.max(0, endsAt - performance.now()),
		sleep: ms => sleep(ms, signal),
	};
	try {
		return await Promise.race([work(budget), ended]);
	} finally {
		clearTimeout(timer);
		caller?.removeEventListener('abort', abort);
	}
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(() => {
			signal.removeEventListener('abort', stop);
			resolve();
		}, ms);
		signal.addEventListener('abort', stop, { once: true });
	});
}
