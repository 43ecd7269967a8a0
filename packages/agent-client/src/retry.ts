import type { ZihinAgentError } from './errors.ts';

/**
 * `read`: repeating it changes nothing. `side-effect`: the agent runs, or something is made, so it is repeated
 * only when the server said that it did not begin.
 */
export type RequestClass = 'read' | 'side-effect';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

/** These 429 codes mean that a quota is used up: waiting seconds does not help. */
const QUOTA_CODES = new Set(['quota_exceeded', 'token_limit_exceeded', 'plan_limit_reached']);

/** Whether a request of this class may be sent again after this failure. */
export function mayRepeat(requestClass: RequestClass, error: ZihinAgentError): boolean {
	if (!error.retryable) return false;
	if (error.status === 429 || error.status === 503) return true;
	return requestClass === 'read' && (error.kind === 'network' || error.kind === 'server');
}

/** Whether an answer with this status and code could be another one later. */
export function isRetryableStatus(status: number, code: string | undefined): boolean {
	if (status === 429) return code === undefined || !QUOTA_CODES.has(code.toLowerCase());
	return status >= 500;
}

/**
 * How long to wait before the next attempt: what the server asked for, else 500 ms doubled each time with full
 * jitter and at most 10 s.
 * @param failed how many attempts have failed so far, from 1
 * @param random a number from 0 to 1
 */
export function retryDelayMs(failed: number, retryAfterMs: number | undefined, random: number): number {
	if (retryAfterMs !== undefined) return retryAfterMs;
	return random * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failed - 1));
}

const DELAY_SECONDS = /^[0-9]+$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_NAMES = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY_NAMES = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const CLOCK = '(\\d\\d):(\\d\\d):(\\d\\d)';
/** The three date forms of RFC 9110 section 5.6.7. `Date.parse` takes far more than these. */
const IMF_FIXDATE = new RegExp(`^${DAY_NAMES}, (\\d\\d) ([A-Z][a-z]{2}) (\\d{4}) ${CLOCK} GMT$`);
const RFC_850_DATE = new RegExp(`^${LONG_DAY_NAMES}, (\\d\\d)-([A-Z][a-z]{2})-(\\d\\d) ${CLOCK} GMT$`);
const ASCTIME_DATE = new RegExp(`^${DAY_NAMES} ([A-Z][a-z]{2}) ([ \\d]\\d) ${CLOCK} (\\d{4})$`);

/**
 * Reads a Retry-After header by RFC 9110: whole seconds or an HTTP date. Anything else counts as absent.
 * @param nowMs the wall clock, as `Date.now()` gives it
 * @returns milliseconds to wait, 0 for a date that has passed
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
	const text = value?.trim() ?? '';
	if (DELAY_SECONDS.test(text)) {
		const seconds = Number(text);
		return Number.isSafeInteger(seconds) ? seconds * 1000 : undefined;
	}
	const date = parseHttpDate(text, nowMs);
	return date === undefined ? undefined : Math.max(0, date - nowMs);
}

function parseHttpDate(text: string, nowMs: number): number | undefined {
	let match = IMF_FIXDATE.exec(text);
	if (match) {
		const [, day, month, year, ...clock] = match;
		return utc(Number(year), month, Number(day), clock);
	}
	match = RFC_850_DATE.exec(text);
	if (match) {
		const [, day, month, shortYear, ...clock] = match;
		// RFC 9110: a two-digit year more than 50 years ahead means the century before.
		const thisYear = new Date(nowMs).getUTCFullYear();
		let year = thisYear - (thisYear % 100) + Number(shortYear);
		if (year > thisYear + 50) year -= 100;
		return utc(year, month, Number(day), clock);
	}
	match = ASCTIME_DATE.exec(text);
	if (match) {
		const [, month, day, hours, minutes, seconds, year] = match;
		return utc(Number(year), month, Number(day), [hours, minutes, seconds]);
	}
	return undefined;
}

function utc(
	year: number,
	monthName: string | undefined,
	day: number,
	clock: readonly (string | undefined)[],
): number | undefined {
	const month = MONTHS.indexOf(String(monthName));
	const [hours = 0, minutes = 0, seconds = 0] = clock.map(Number);
	if (month === -1 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
	// 31 February would roll over into March. A leap second may: so the day is judged without the clock.
	if (new Date(Date.UTC(year, month, day)).getUTCDate() !== day) return undefined;
	return Date.UTC(year, month, day, hours, minutes, seconds);
}
