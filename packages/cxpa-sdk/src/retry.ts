const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

/** Statuses after which the same question may be answered. */
const PASSING = new Set([429, 502, 503, 504]);

export function isPassingStatus(status: number): boolean {
	return PASSING.has(status);
}

/**
 * How long to wait before asking again: what the platform asked for, else 500 ms doubled each time, with full
 * jitter, 10 s at most.
 * @param failed how many attempts have failed so far, from 1
 */
export function retryDelayMs(failed: number, retryAfterMs: number | undefined): number {
	return retryAfterMs ?? Math.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failed - 1));
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** A `Retry-After` in milliseconds; anything but whole seconds or an HTTP date counts as absent. */
export function retryAfterMs(value: string | null, nowMs: number): number | undefined {
	const text = value?.trim() ?? '';
	if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
	const date = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
