import { NextRequest, NextResponse } from 'next/server.js';
import { NextResponse as NextResponse15 } from 'next-15/server.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mintZoneToken } from '../src/testing.ts';
import { createZoneMiddleware, getSession, type ZoneMiddlewareOptions } from '../src/zone/index.ts';
import { httpCases, NOW_MS, ZONE } from './jwt-cases.ts';

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
});
afterEach(() => {
	vi.useRealTimers();
});

/** What the request carries behind a middleware's answer, as Next reads it. */
function forwarded(answer: Response): Headers | undefined {
	if (answer.headers.get('x-middleware-next') !== '1') return undefined;
	const names = answer.headers.get('x-middleware-override-headers')?.split(',') ?? [];
	return new Headers(names.map(name => [name, answer.headers.get(`x-middleware-request-${name}`) ?? '']));
}

const send = (headers: Record<string, string>, options: Partial<ZoneMiddlewareOptions> = {}, url = '/') =>
	createZoneMiddleware({ ...ZONE, ...options })(
		new NextRequest(new URL(url, 'http://localhost:4000'), { headers }),
	);

describe('the cases', () => {
	it.each(httpCases)('$id $name: $why', async ({ request, expect: expected }) => {
		if (expected.throwsAtCreation) {
			const options: ZoneMiddlewareOptions = { ...ZONE, ...JSON.parse(JSON.stringify(request.config)) };
			expect(() => createZoneMiddleware(options)).toThrow(TypeError);
			return;
		}
		const answer = await send(request.headers ?? {}, {}, request.url);
		if (expected.pass) {
			const headers = forwarded(answer);
			expect((await getSession({ ...ZONE, ...(headers && { headers }) })).claims).toEqual(expected.claims);
		} else {
			const body = await answer.text();
			expect(answer.status).toBe(expected.status);
			expect(body).toBe('invalid zone token');
			for (const text of expected.notInBody ?? []) expect(body).not.toContain(text);
		}
	});
});

it('a request without a valid token gets 401, as text that nobody keeps, and nothing passes', async () => {
	const answer = await send({ 'x-zone-token': 'garbage' });
	expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
	expect(answer.headers.get('cache-control')).toBe('no-store');
	expect(forwarded(answer)).toBeUndefined();
});

it('an undefined secret or audience throws when the middleware is made', () => {
	const unset = process.env.SURELY_NOT_SET;
	expect(() => createZoneMiddleware(Object.assign({ ...ZONE }, { secret: unset }))).toThrow(
		/ZONE_JWT_SECRET/,
	);
	expect(() => createZoneMiddleware(Object.assign({ ...ZONE }, { audience: unset }))).toThrow(/AUDIENCE_ID/);
});

it.each([
	['Next 16', NextResponse],
	['Next 15', NextResponse15],
])('what it answers is what NextResponse.next of %s answers', async (_, Next) => {
	const token = await mintZoneToken(ZONE);
	const answer = await send({ 'x-zone-token': token, accept: 'text/html', cookie: 'a=b' });
	const headers = forwarded(answer);
	expect(headers?.get('cookie')).toBe('a=b');
	const theirs = Next.next({ request: { headers: new Headers(headers) } });
	expect([...answer.headers].sort()).toEqual([...theirs.headers].sort());
	expect([answer.status, answer.body]).toEqual([theirs.status, theirs.body]);
});

it('a name that is not Latin passes in a header, and arrives as it was', async () => {
	const userName = 'Иван 🐝 "Å"\n';
	const answer = await send({ 'x-zone-token': await mintZoneToken({ ...ZONE, claims: { userName } }) });
	const headers = forwarded(answer);
	expect(headers?.get('x-zone-claims')).toMatch(/^[ -~]+$/);
	expect(JSON.parse(headers?.get('x-zone-claims') ?? '')).toMatchObject({ userName });
	expect((await getSession({ ...ZONE, ...(headers && { headers }) })).claims.userName).toBe(userName);
});

describe('another header for the token', () => {
	const tokenHeader = 'X-Platform-Token';

	it('is read, and the token forwarded where getSession looks for it', async () => {
		const token = await mintZoneToken(ZONE);
		const answer = await send({ 'x-platform-token': token, 'x-zone-token': 'forged' }, { tokenHeader });
		expect(forwarded(answer)?.get('x-zone-token')).toBe(token);
	});

	it('is the only one: a token in x-zone-token does not count', async () => {
		expect((await send({ 'x-zone-token': await mintZoneToken(ZONE) }, { tokenHeader })).status).toBe(401);
	});

	it.each(['', 'two words', 'X-Zone-Claims'])('cannot be %j', async name => {
		expect(() => createZoneMiddleware({ ...ZONE, tokenHeader: name })).toThrow(/tokenHeader/);
	});
});
