import { retryAfterMs } from './retry-after.ts';

/** Assumed: the platform says nothing of repetitions. Long enough for a receiver to be started again. */
export const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [1_000, 5_000, 25_000, 120_000, 600_000];

/** Repetitions to many receivers that failed together must not come together. */
const JITTER = 0.2;

/** What came of one attempt; `status` is `null` when no answer came, and `error` says why. */
export interface AttemptOutcome {
	readonly status: number | null;
	readonly retryAfter?: string | undefined;
	readonly error: string | null;
}

/** What a message is after an attempt; `waiting` when it was sent too early and the result is still to come. */
export type Verdict =
	| { readonly status: 'delivered' | 'failed' | 'waiting' }
	| { readonly status: 'pending'; readonly dueInMs: number };

/** Only 2xx is a delivery. `tries` counts the attempts before this one. */
export function judge(outcome: AttemptOutcome, tries: number, delaysMs: readonly number[]): Verdict {
	const { status } = outcome;
	if (status !== null && status >= 200 && status <= 299) return { status: 'delivered' };
	const delay = delaysMs[tries];
	if (delay === undefined || !isWorthRepeating(status)) return { status: 'failed' };
	const backoff = Math.round(delay * (1 + JITTER * (2 * Math.random() - 1)));
	return {
		status: 'pending',
		dueInMs: Math.max(backoff, retryAfterMs(outcome.retryAfter, Date.now()) ?? 0),
	};
}

/** 409 too: a workflow that has not gone to sleep yet answers so, and is there a second later. */
function isWorthRepeating(status: number | null): boolean {
	return status === null || status >= 500 || status === 429 || status === 409;
}
