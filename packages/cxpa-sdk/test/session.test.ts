import { afterEach, describe, expect, it, vi } from 'vitest';
import { mintZoneToken } from '../src/testing.ts';
import { createZoneMiddleware, getSession, getZoneToken, ZoneSessionError } from '../src/zone/index.ts';
import { inNextRequest } from './next-request.ts';

const ZONE = { secret: 'the-secret-of-the-zone', audience: 'the-zone' };

afterEach(() => {
	vi.unstubAllEnvs();
});

/** The headers behind the middleware for a token with these claims. */
async function behindMiddleware(claims = {}): Promise<Headers> {
	const token = await mintZoneToken({ ...ZONE, claims });
	const request = new Request('http://localhost/', { headers: { 'x-zone-token': token } });
	const answer = await createZoneMiddleware(ZONE)(request);
	return new Headers({
		'x-zone-token': token,
		'x-zone-claims': answer.headers.get('x-middleware-request-x-zone-claims') ?? '',
	});
}

/** What a caller makes up on a route that the matcher misses. */
async function forged(secret: string): Promise<Headers> {
	const token = await mintZoneToken({ ...ZONE, secret, claims: { role: 'owner' } });
	const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
	return new Headers({ 'x-zone-token': token, 'x-zone-claims': claims });
}

it('gives the claims and the token that the middleware has passed on', async () => {
	const headers = await behindMiddleware({ agentId: 42 });
	const session = await getSession({ headers });
	expect(session.claims).toMatchObject({ agentId: 42, userName: 'Ana', role: 'member' });
	expect(session.token).toBe(headers.get('x-zone-token'));
	expect(await getZoneToken({ headers })).toBe(session.token);
});

describe.each([['x-zone-token'], ['x-zone-claims']])('without %s', missing => {
	it.each([getSession, getZoneToken])('%o throws, and says where to look', async read => {
		const headers = await behindMiddleware();
		headers.delete(missing);
		await expect(read({ headers })).rejects.toBeInstanceOf(ZoneSessionError);
		await expect(read({ headers })).rejects.toThrow(/middleware\.ts .* proxy\.ts .* matcher/);
	});
});

it('claims that differ from the token throw, even where no secret is at hand', async () => {
	const headers = await behindMiddleware({ role: 'member' });
	headers.set('x-zone-claims', headers.get('x-zone-claims')?.replace('member', 'owner') ?? '');
	await expect(getSession({ headers })).rejects.toThrow(/differ/);
	await expect(getSession({ headers })).rejects.toHaveProperty('name', 'ZoneSessionError');
});

it.each(['garbage', 'a.b.c', ''])('the token %j is no session', async token => {
	const headers = new Headers({ 'x-zone-token': token, 'x-zone-claims': '{}' });
	await expect(getSession({ headers })).rejects.toThrow('x-zone-token holds no zone token.');
});

it("without headers of its own it reads those of Next's current request", async () => {
	const headers = await behindMiddleware({ agentId: 42 });
	expect(await inNextRequest(headers, getZoneToken)).toBe(headers.get('x-zone-token'));
	expect((await inNextRequest(headers, getSession)).claims.agentId).toBe(42);
});

it('without headers and without Next it says what to do', async () => {
	vi.doMock('next/headers.js', () => {
		throw new Error('Cannot find package');
	});
	await expect(getSession()).rejects.toThrow(/Next is not installed: give the headers/);
	vi.doUnmock('next/headers.js');
});

describe('with the secret at hand', () => {
	it('made-up headers are refused, whether the secret is given or in the environment', async () => {
		const headers = await forged('made-up');
		await expect(getSession({ headers, ...ZONE })).rejects.toBeInstanceOf(ZoneSessionError);
		vi.stubEnv('ZONE_JWT_SECRET', ZONE.secret);
		vi.stubEnv('AUDIENCE_ID', ZONE.audience);
		await expect(getSession({ headers })).rejects.toBeInstanceOf(ZoneSessionError);
		expect((await getSession({ headers: await behindMiddleware() })).claims.role).toBe('member');
	});

	it("the zone's own signature is what counts, not the environment's where another secret is given", async () => {
		vi.stubEnv('ZONE_JWT_SECRET', 'the-next-secret');
		vi.stubEnv('AUDIENCE_ID', ZONE.audience);
		const headers = await behindMiddleware();
		await expect(getSession({ headers })).rejects.toThrow(
			/the secret and the audience that the middleware has/,
		);
		const secret = ['the-next-secret', ZONE.secret];
		expect((await getSession({ headers, secret })).claims.role).toBe('member');
	});

	it('a secret without an audience is a mistake, and so is an audience without a secret', async () => {
		const headers = await behindMiddleware();
		const { secret, audience } = ZONE;
		for (const half of [{ secret }, { audience }]) {
			await expect(getSession({ headers, ...half })).rejects.toThrow(/^getSession verifies with both/);
			await expect(getSession({ headers, ...half })).rejects.toBeInstanceOf(TypeError);
		}
	});
});
