import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mintZoneToken } from '../src/testing.ts';
import { verifyZoneToken, ZoneTokenError } from '../src/zone/index.ts';
import { megabyteToken, NOW_MS, tokenCases, ZONE } from './jwt-cases.ts';

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
});
afterEach(() => {
	vi.useRealTimers();
});

const isAccepted = (token: string, options = {}) =>
	verifyZoneToken(token, { ...ZONE, ...options }).then(
		() => true,
		error => {
			expect(error).toBeInstanceOf(ZoneTokenError);
			expect(String(error)).toBe('ZoneTokenError: invalid zone token');
			return false;
		},
	);

describe('the cases', () => {
	it.each(tokenCases)(
		'$id $name: $expect, because $why',
		async ({ token, expect: verdict, now, ...options }) => {
			vi.setSystemTime(now * 1000);
			expect(await isAccepted(token ?? megabyteToken(), options)).toBe(verdict === 'accept');
		},
	);
});

/** A token with these claims beside, or in place of, the usual ones, signed as it should be. */
const mint = (claims: Record<string, unknown>, expiresInSeconds?: number) =>
	mintZoneToken({ ...ZONE, claims, ...(expiresInSeconds !== undefined && { expiresInSeconds }) });

describe('time', () => {
	it.each([
		[-4, true],
		[-5, false],
		[-6, false],
	])('a token that expired %i seconds from now is accepted: %s', async (seconds, accepted) => {
		expect(await isAccepted(await mint({}, seconds))).toBe(accepted);
	});

	it.each([
		[5, true],
		[6, false],
	])('a token that is valid in %i seconds is accepted: %s', async (seconds, accepted) => {
		expect(await isAccepted(await mint({ nbf: NOW_MS / 1000 + seconds }))).toBe(accepted);
	});

	it('the tolerance can be another one, and none', async () => {
		const token = await mint({}, -1);
		expect(await isAccepted(token, { clockToleranceSeconds: 0 })).toBe(false);
		expect(await isAccepted(await mint({}, -30), { clockToleranceSeconds: 60 })).toBe(true);
	});

	it.each([undefined, '9999999999', true])('exp %j is refused', async exp => {
		expect(await isAccepted(await mint({ exp }))).toBe(false);
	});

	it('an exp that JSON reads as infinite is refused', async () => {
		const payload = Buffer.from((await payloadOf(await mint({}))).replace(/"exp":\d+/, '"exp":1e999'));
		expect(await isAccepted(await signed({}, payload))).toBe(false);
	});
});

const payloadOf = async (token: string) => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();

/** Signs these bytes as they are. */
async function signed(
	header: object,
	payload: Uint8Array,
	head = JSON.stringify({ alg: 'HS256', ...header }),
) {
	const input = `${Buffer.from(head).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
	return `${input}.${await signatureOf(input)}`;
}

async function signatureOf(input: string): Promise<string> {
	const algorithm = { name: 'HMAC', hash: 'SHA-256' };
	const secret = new TextEncoder().encode(ZONE.secret);
	const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign']);
	const bytes = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(input));
	return Buffer.from(bytes).toString('base64url');
}

describe('spelling', () => {
	it('a token signed by hand is accepted, so that the refusals below are due to what they change', async () => {
		expect(await isAccepted(await signed({}, Buffer.from(await payloadOf(await mint({})))))).toBe(true);
	});

	it('a signature in another spelling of base64url is refused', async () => {
		const token = await mint({});
		const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
		const last = alphabet.indexOf(token.at(-1) ?? '');
		// The last of 43 characters has two bits that mean nothing.
		expect(last % 4).toBe(0);
		expect(await isAccepted(token.slice(0, -1) + alphabet[last + 1])).toBe(false);
	});

	it('a payload that is not UTF-8 is refused, although it is signed', async () => {
		const text = await payloadOf(await mint({ userName: 'A' }));
		const bytes = Buffer.from(text.replace('"A"', '"\u00ff"'), 'latin1');
		expect(await isAccepted(await signed({}, bytes))).toBe(false);
	});

	it.each([{ b64: false }, { b64: 'no' }, { crit: ['b64'], b64: false }])(
		'a header with %j is refused, although it is signed',
		async header => {
			expect(await isAccepted(await signed(header, Buffer.from(await payloadOf(await mint({})))))).toBe(
				false,
			);
		},
	);

	it('a token of 16,384 characters is read, one of more is not', async () => {
		let pad = 'x'.repeat(11_900);
		while ((await mint({ pad })).length < 16_384) pad += 'x';
		const longest = await mint({ pad });
		expect([longest.length, await isAccepted(longest)]).toEqual([16_384, true]);
		expect(await isAccepted(await mint({ pad: `${pad}x` }))).toBe(false);
	});
});

describe('claims', () => {
	it.each([
		['userId', 7],
		['userEmail', null],
		['orgId', undefined],
		['orgSlug', ['acme']],
		['agentId', '42'],
		['agentId', 42.5],
		['role', 'superuser'],
		['role', undefined],
		['userName', 7],
	])('%s %j is refused', async (claim, value) => {
		expect(await isAccepted(await mint({ [claim]: value }))).toBe(false);
	});

	it.each(['owner', 'member', 'admin'])('the role %s is accepted', async role => {
		expect((await verifyZoneToken(await mint({ role }), ZONE)).role).toBe(role);
	});

	it('a user without a name, and claims that nobody knows, pass', async () => {
		const claims = await verifyZoneToken(await mint({ userName: undefined, plan: 'gold' }), ZONE);
		expect(claims).toMatchObject({ userName: null, plan: 'gold', userEmail: 'ana@example.com' });
	});

	it('one of several audiences is enough', async () => {
		expect(await isAccepted(await mint({ aud: ['other', ZONE.audience] }))).toBe(true);
	});
});

describe('secrets', () => {
	it('while a secret is replaced, tokens of the old and of the new one are accepted', async () => {
		const secret = ['the-new-secret', 'the-old-secret'];
		for (const each of secret) {
			const token = await mintZoneToken({ ...ZONE, secret: each });
			expect(await isAccepted(token, { secret })).toBe(true);
		}
		expect(await isAccepted(await mint({}), { secret })).toBe(false);
	});

	it('another algorithm is refused, although it is signed with the secret', async () => {
		const jwt = new SignJWT(JSON.parse(await payloadOf(await mint({})))).setProtectedHeader({ alg: 'HS512' });
		expect(await isAccepted(await jwt.sign(new TextEncoder().encode(ZONE.secret.repeat(2))))).toBe(false);
	});
});

it('a runtime without web crypto is told so, instead of finding every token wrong', async () => {
	const token = await mint({});
	vi.stubGlobal('crypto', undefined);
	await expect(verifyZoneToken(token, ZONE)).rejects.toThrow(/no web crypto/);
	vi.unstubAllGlobals();
});

it.each([
	[{ secret: '' }, /secret is missing/],
	[{ secret: ' ' }, /secret is missing/],
	[{ secret: [] }, /secret is missing/],
	[{ secret: ['good', ''] }, /secret is missing/],
	[{ audience: '' }, /audience is missing/],
	[{ clockToleranceSeconds: Number.NaN }, /clockToleranceSeconds/],
	[{ clockToleranceSeconds: Number.POSITIVE_INFINITY }, /clockToleranceSeconds/],
	[{ clockToleranceSeconds: -1 }, /clockToleranceSeconds/],
])('the options %j are refused before any token is looked at', async (options, message) => {
	await expect(verifyZoneToken(await mint({}), { ...ZONE, ...options })).rejects.toThrow(message);
	await expect(verifyZoneToken(await mint({}), { ...ZONE, ...options })).rejects.toBeInstanceOf(TypeError);
});
