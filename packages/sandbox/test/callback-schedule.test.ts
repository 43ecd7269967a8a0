import { expect, test } from 'vitest';
import { judge } from '../src/callback-schedule.ts';
import { retryAfterMs } from '../src/retry-after.ts';

const NOW = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

test.each([
	['0', 0],
	['7', 7_000],
	[' 7 ', 7_000],
	['3600', HOUR_MS],
	['99999999999999999999', HOUR_MS],
	['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
	['Wed, 31 Dec 2025 23:59:00 GMT', 0],
	['Fri, 01 Jan 2027 00:00:00 GMT', HOUR_MS],
])('Retry-After %j asks for %i ms', (header, wait) => {
	expect(retryAfterMs(header, NOW)).toBe(wait);
});

test.each([undefined, '', '-1', '1.5', '1e3', '0x10', 'soon', '2026-01-01', '01 Jan 2026 00:01:00 GMT'])(
	'Retry-After %j asks for nothing',
	header => {
		expect(retryAfterMs(header, NOW)).toBeUndefined();
	},
);

test('each repetition waits for its place in the schedule, give or take a fifth', () => {
	const delays = [1_000, 5_000, 25_000];
	for (const [tries, delay] of delays.entries()) {
		const waits = Array.from({ length: 200 }, () => {
			const verdict = judge({ status: 503, error: null }, tries, delays);
			return verdict.status === 'pending' ? verdict.dueInMs : Number.NaN;
		});
		expect(Math.min(...waits)).toBeGreaterThanOrEqual(delay * 0.8);
		expect(Math.max(...waits)).toBeLessThanOrEqual(delay * 1.2);
		expect(new Set(waits).size).toBeGreaterThan(10);
	}
	expect(judge({ status: 503, error: null }, 3, delays)).toEqual({ status: 'failed' });
});

test('a longer Retry-After wins over the schedule, a shorter one does not', () => {
	const wait = (retryAfter: string) => judge({ status: 429, retryAfter, error: null }, 0, [5_000]);
	expect(wait('60')).toEqual({ status: 'pending', dueInMs: 60_000 });
	expect(wait('86400')).toEqual({ status: 'pending', dueInMs: HOUR_MS });
	expect(wait('1')).toMatchObject({ dueInMs: expect.toSatisfy((ms: number) => ms >= 4_000) });
});
