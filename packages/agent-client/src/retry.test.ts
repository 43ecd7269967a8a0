import { describe, expect, it } from 'vitest';
import { readCases } from '../test/cases.ts';
import { ZihinAgentError } from './errors.ts';
import { isRetryableStatus, mayRepeat, parseRetryAfter, retryDelayMs } from './retry.ts';

interface RetryAfterRow {
	readonly value: string;
	readonly now: number;
	readonly ms: number | null;
	readonly why: string;
}

const { retryAfterTable } = readCases<{ retryAfterTable: RetryAfterRow[] }>('fault-cases');
const NEW_YEAR_2026 = Date.UTC(2026, 0, 1);

describe('a Retry-After header', () => {
	it.each(retryAfterTable)('of "$value" asks for $ms ms: $why', ({ value, now, ms }) => {
		expect(parseRetryAfter(value, now)).toBe(ms ?? undefined);
	});

	it.each([
		['Thu, 01 Jan 2026 00:01:00 GMT', 60_000, 'the preferred form'],
		['Thursday, 01-Jan-26 00:01:00 GMT', 60_000, 'the form of RFC 850'],
		['Thu Jan  1 00:01:00 2026', 60_000, 'the form of asctime, its day padded with a space'],
		['Sat Jan 31 00:00:00 2026', 30 * 86_400_000, 'the form of asctime with two digits'],
		['Wednesday, 31-Dec-75 23:59:59 GMT', Date.UTC(2075, 11, 31, 23, 59, 59) - NEW_YEAR_2026, 'this century'],
		[
			'Thursday, 31-Dec-76 23:59:59 GMT',
			Date.UTC(2076, 11, 31, 23, 59, 59) - NEW_YEAR_2026,
			'50 years ahead',
		],
		['Friday, 31-Dec-99 23:59:59 GMT', 0, 'more than 50 years ahead is the century before'],
		['Thu, 29 Feb 2028 00:00:00 GMT', Date.UTC(2028, 1, 29) - NEW_YEAR_2026, 'a leap day'],
		['Wed, 30 Jun 2027 23:59:60 GMT', Date.UTC(2027, 6, 1) - NEW_YEAR_2026, 'a leap second'],
		['\t7 ', 7000, 'tabs and spaces around it'],
		['007', 7000, 'leading zeros'],
	])('of "%s" asks for %i ms: %s', (value, ms) => {
		expect(parseRetryAfter(value, NEW_YEAR_2026)).toBe(ms);
	});

	it('may name every month of the year', () => {
		for (let month = 0; month < 12; month++) {
			const date = new Date(Date.UTC(2026, month, 15));
			expect(parseRetryAfter(date.toUTCString(), NEW_YEAR_2026)).toBe(date.getTime() - NEW_YEAR_2026);
		}
	});

	it.each([
		null,
		undefined,
		'1.5',
		'+5',
		'1e3',
		'5 s',
		'5, 6',
		'٥',
		'2026-01-01T00:01:00Z',
		'Thu, 1 Jan 2026 00:01:00 GMT',
		'Thu, 01 jan 2026 00:01:00 GMT',
		'Sun, 01 Mai 2050 00:01:00 GMT',
		'Thu, 01 Jan 2026 00:01:00 UTC',
		'Thu, 01 Jan 2026 00:01:00 +0000',
		'Thu, 01 Jan 2026 24:00:00 GMT',
		'Thu, 01 Jan 2026 00:60:00 GMT',
		'Thu, 01 Jan 2026 00:00:61 GMT',
		'Sat, 31 Feb 2026 00:00:00 GMT',
		'Sat, 31 Feb 2026 23:59:60 GMT',
		'Sun, 29 Feb 2026 00:00:00 GMT',
		'Thu, 00 Jan 2026 00:00:00 GMT',
		'01 Jan 2026 00:01:00 GMT',
		'Xxx, 01 Jan 2026 00:01:00 GMT',
	])('of %j counts as absent', value => {
		expect(parseRetryAfter(value, NEW_YEAR_2026)).toBeUndefined();
	});
});

describe('the wait before the next attempt', () => {
	it('doubles from 500 ms and ends at 10 s', () => {
		const longest = [1, 2, 3, 4, 5, 6, 7, 10].map(failed => retryDelayMs(failed, undefined, 1));
		expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
	});

	it('is drawn from the whole interval', () => {
		expect(retryDelayMs(3, undefined, 0)).toBe(0);
		expect(retryDelayMs(3, undefined, 0.25)).toBe(500);
	});

	it('is what the server asked for, also when that is nothing', () => {
		expect(retryDelayMs(1, 30_000, 0.5)).toBe(30_000);
		expect(retryDelayMs(4, 0, 0.5)).toBe(0);
	});
});

describe('a status', () => {
	it.each([
		[429, undefined, true],
		[429, 'rate_limit_exceeded', true],
		[429, 'quota_exceeded', false],
		[429, 'QUOTA_EXCEEDED', false],
		[429, 'token_limit_exceeded', false],
		[429, 'PLAN_LIMIT_REACHED', false],
		[500, undefined, true],
		[503, 'provider_unavailable', true],
		[599, undefined, true],
		[400, undefined, false],
		[401, undefined, false],
		[404, undefined, false],
		[408, undefined, false],
	])('of %i with the code %s could be another one later: %s', (status, code, retryable) => {
		expect(isRetryableStatus(status, code)).toBe(retryable);
	});
});

describe('a request may be sent again', () => {
	const failed = (kind: 'network' | 'server' | 'rate_limit' | 'timeout', status?: number, retryable = true) =>
		new ZihinAgentError({ kind, status, retryable, message: 'x' });

	it('in both classes after 429 and 503', () => {
		expect(mayRepeat('read', failed('rate_limit', 429))).toBe(true);
		expect(mayRepeat('side-effect', failed('rate_limit', 429))).toBe(true);
		expect(mayRepeat('side-effect', failed('server', 503))).toBe(true);
	});

	it('when it is a read, after a network fault or another 5xx; a side effect then never', () => {
		for (const error of [failed('network'), failed('server', 500), failed('server', 504)]) {
			expect(mayRepeat('read', error)).toBe(true);
			expect(mayRepeat('side-effect', error)).toBe(false);
		}
	});

	it('never when the failure is permanent, or when time is up', () => {
		expect(mayRepeat('read', failed('network', undefined, false))).toBe(false);
		expect(mayRepeat('side-effect', failed('rate_limit', 429, false))).toBe(false);
		expect(mayRepeat('read', failed('timeout'))).toBe(false);
	});
});
