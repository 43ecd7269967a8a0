import { expect, test } from 'vitest';
import { RateLimits } from '../src/rate-limit.ts';
import { call, garden } from './harness.ts';

const AGENTS = 'GET /api/v2/agents';

test('every answer says how many requests are left and until when', async () => {
	const sandbox = await garden({ rateLimitPerMinute: 60 });
	const before = Math.floor(Date.now() / 1000);
	const answers = [
		await call(sandbox, AGENTS),
		await call(sandbox, 'GET /api/triggers/nothing'),
		await call(sandbox, 'POST /api/triggers', { headers: { 'Content-Type': 'text/plain' }, body: 'x' }),
		await call(sandbox, 'GET /api/nothing'),
	];
	expect(answers.map(({ status }) => status)).toEqual([200, 404, 415, 404]);
	for (const [index, { headers }] of answers.entries()) {
		expect(headers.get('X-RateLimit-Limit')).toBe('60');
		expect(headers.get('X-RateLimit-Remaining')).toBe(String(59 - index));
		expect(headers.get('X-RateLimit-Reset')).toBe(answers[0]?.headers.get('X-RateLimit-Reset'));
		expect(headers.get('Retry-After')).toBeNull();
	}
	const reset = Number(answers[0]?.headers.get('X-RateLimit-Reset'));
	expect(reset).toBeGreaterThanOrEqual(before + 60);
});

test('over the limit the answer is 429, with the time to wait and the documented details', async () => {
	const sandbox = await garden({ rateLimitPerMinute: 2 });
	await call(sandbox, AGENTS);
	await call(sandbox, AGENTS);
	const { status, headers, body } = await call(sandbox, AGENTS);
	expect(status).toBe(429);
	expect(headers.get('X-RateLimit-Remaining')).toBe('0');
	const retryAfter = Number(headers.get('Retry-After'));
	expect(retryAfter).toBeGreaterThanOrEqual(1);
	expect(retryAfter).toBeLessThanOrEqual(60);
	expect(body.at('error.code')).toBe('RATE_LIMIT_EXCEEDED');
	expect(body.at('error.details')).toEqual({
		limit: 2,
		remaining: 0,
		reset: Number(headers.get('X-RateLimit-Reset')),
		retry_after: retryAfter,
	});
	const flat = await call(sandbox, AGENTS, { headers: { 'X-Sandbox-Error-Envelope': 'flat' } });
	expect(flat.body.at('error')).toBe('rate_limit_exceeded');
});

test('each key has a budget of its own, and those without a key share one', async () => {
	const sandbox = await garden({ rateLimitPerMinute: 1 });
	const status = async (key: string | undefined) => (await call(sandbox, AGENTS, { key })).status;
	expect(await status(sandbox.keys.admin)).toBe(200);
	expect(await status(sandbox.keys.admin)).toBe(429);
	expect(await status(sandbox.keys.member)).toBe(200);
	expect(await status(undefined)).toBe(401);
	expect(await status('zhn_test_other')).toBe(429);
});

test('a refused request runs nothing', async () => {
	const sandbox = await garden({ rateLimitPerMinute: 1 });
	const path = `POST /api/v2/agents/${sandbox.agentId}/stream`;
	await call(sandbox, AGENTS);
	expect((await call(sandbox, path, { body: { message: 'cactus' } })).status).toBe(429);
	expect(sandbox.executions()).toEqual([]);
});

test('a new minute is a new budget, whichever way the clock was set', () => {
	let now = 1_000_000;
	const limits = new RateLimits(1, () => now);
	expect(limits.take('a')).toEqual({ allowed: true, remaining: 0, resetAt: 1_060_000 });
	now += 59_999;
	expect(limits.take('a')).toEqual({ allowed: false, remaining: 0, resetAt: 1_060_000 });
	expect(limits.retryAfter(limits.take('a'))).toBe(1);
	now += 1;
	expect(limits.take('a')).toEqual({ allowed: true, remaining: 0, resetAt: 1_120_000 });
	now = 5;
	expect(limits.take('a')).toEqual({ allowed: true, remaining: 0, resetAt: 60_005 });
});
