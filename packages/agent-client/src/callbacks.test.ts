import { describe, expect, it } from 'vitest';
import { FAKE_KEY, readCases } from '../test/cases.ts';
import { signPayload, type VerifyCallbackParams, verifyCallback } from './callbacks.ts';

interface Vector {
	readonly id: string;
	readonly scheme: string;
	readonly secret: string | readonly string[] | null;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
	readonly bodyBase64?: string;
	readonly now: number;
	readonly toleranceSeconds: number;
	readonly options?: { readonly allowUntimestamped?: boolean };
	readonly expect: 'accept' | 'reject';
	readonly why: string;
}

const OFFERED = ['standard-webhooks', 'zihin-proposed', 'x-webhook-signature'];
const { vectors } = readCases<{ readonly vectors: readonly Vector[] }>('webhook-cases');
const offered = vectors.filter(({ scheme }) => OFFERED.includes(scheme));
const foreign = vectors.filter(({ scheme }) => !OFFERED.includes(scheme));

const SECRET = 'whs_4nT7yP0qW8eR5tY2uI9oA6sD3fG1hJ3k';
const OTHER_SECRET = 'whs_0000000000000000000000000000000z';
const TOKEN = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const NOW = 1_767_225_600;
const BODY = JSON.stringify({ event: 'execution.completed', execution_id: 'e-1', status: 'completed' });

/** Parameters that may go against the types, as those of a caller without types can. */
const untyped = (params: object): VerifyCallbackParams => Object.assign({ rawBody: '' }, params);
const bytesOf = ({ body, bodyBase64 }: Vector) =>
	body ?? new Uint8Array(Buffer.from(bodyBase64 ?? '', 'base64'));
const signed = (secret: string | readonly string[] = SECRET, timestamp = NOW) =>
	signPayload({ rawBody: BODY, secret, id: 'msg_1', timestamp });
const refusal = { kind: 'auth', status: 401, effect: 'none' };

describe('the published vectors', () => {
	it('are there in full', () => {
		expect([offered.length, foreign.length]).toEqual([25, 3]);
	});

	it.each(offered)('$id $expect: $why', async vector => {
		const { headers, now, toleranceSeconds, secret, options } = vector;
		const params = untyped({ rawBody: bytesOf(vector), headers, now, toleranceSeconds, secret, ...options });
		const outcome = verifyCallback(params);
		if (vector.expect === 'accept') {
			// The signature of bytes that are no JSON can be right; there is nothing to read in them.
			if (vector.bodyBase64 === undefined)
				expect((await outcome).body).toEqual(JSON.parse(vector.body ?? ''));
			else await expect(outcome).rejects.toMatchObject({ kind: 'protocol' });
		} else {
			await expect(outcome).rejects.toMatchObject(secret === null ? { kind: 'config' } : refusal);
		}
	});

	it.each(foreign)('$id is of a scheme that counts as no signature: $scheme', async vector => {
		const { headers, now } = vector;
		const params = { rawBody: vector.body ?? '', headers, now, secret: SECRET, allowUntimestamped: true };
		await expect(verifyCallback(params)).rejects.toMatchObject(refusal);
	});
});

describe('a callback with a token', () => {
	it('is taken when it brings the token, and nothing else says anything', async () => {
		const query = { zihin_token: TOKEN, signature: 'of the platform' };
		await expect(verifyCallback({ rawBody: BODY, query, token: TOKEN })).resolves.toMatchObject({
			executionId: 'e-1',
		});
	});

	it.each<[string, VerifyCallbackParams['query']]>([
		['a text', `a=1&zihin_token=${TOKEN}`],
		['a text with its question mark', `?zihin_token=${TOKEN}`],
		['URLSearchParams', new URLSearchParams({ zihin_token: TOKEN })],
		['an object of lists', { zihin_token: [TOKEN] }],
	])('brings it in a query that is %s', async (_name, query) => {
		await expect(verifyCallback({ rawBody: BODY, query, token: TOKEN })).resolves.toBeDefined();
	});

	it.each<[string, VerifyCallbackParams['query']]>([
		['no query', undefined],
		['none', {}],
		['another', { zihin_token: TOKEN.replace('0', '1') }],
		['a part of it', { zihin_token: TOKEN.slice(1) }],
		['more than it', { zihin_token: `${TOKEN}0` }],
		['it in other letters', { ZIHIN_TOKEN: TOKEN }],
		['two of them', { zihin_token: [TOKEN, TOKEN] }],
		['two in a text', `zihin_token=${TOKEN}&zihin_token=${TOKEN}`],
		['an empty one', 'zihin_token='],
		['one that is no text', { zihin_token: { toString: () => TOKEN } }],
		['an inherited one', Object.create({ zihin_token: TOKEN })],
	])('is refused with %s', async (_name, query) => {
		await expect(verifyCallback({ rawBody: BODY, query, token: TOKEN })).rejects.toMatchObject({
			...refusal,
			message: 'The callback was refused: its zihin_token is missing or wrong.',
		});
	});

	it('is refused without it even when its signature is right: it may be of another run', async () => {
		const params = { rawBody: BODY, headers: await signed(), now: NOW, secret: SECRET, token: TOKEN };
		await expect(verifyCallback(params)).rejects.toMatchObject(refusal);
		await expect(verifyCallback({ ...params, query: { zihin_token: TOKEN } })).resolves.toBeDefined();
	});

	it('is refused when it brings a wrong signature beside it, and the secret is known', async () => {
		const params = { rawBody: BODY, headers: await signed(OTHER_SECRET), now: NOW, token: TOKEN };
		const query = { zihin_token: TOKEN };
		await expect(verifyCallback({ ...params, query, secret: SECRET })).rejects.toMatchObject(refusal);
		await expect(verifyCallback({ ...params, query })).resolves.toBeDefined();
	});

	it.each([undefined, {}, new Headers()])(
		'is taken unsigned although the secret is known: the token decides (headers: %o)',
		async headers => {
			const query = { zihin_token: TOKEN };
			await expect(
				verifyCallback({ rawBody: BODY, headers, query, token: TOKEN, secret: SECRET }),
			).resolves.toBeDefined();
		},
	);
});

describe('a signed callback', () => {
	it('is taken as a text, as bytes and as a view into a larger buffer', async () => {
		const params = { headers: await signed(), now: NOW, secret: SECRET };
		const buffer = Buffer.from(`..${BODY}..`).subarray(2, -2);
		for (const rawBody of [BODY, new TextEncoder().encode(BODY), Buffer.from(BODY), buffer]) {
			await expect(verifyCallback({ ...params, rawBody })).resolves.toMatchObject({ executionId: 'e-1' });
		}
	});

	it.each(['plain', 'upper case', 'lists', 'Headers'])('is taken with headers as %s', async shape => {
		const plain = Object.entries(await signed());
		const headers: Record<string, VerifyCallbackParams['headers']> = {
			plain: Object.fromEntries(plain),
			'upper case': Object.fromEntries(plain.map(([name, value]) => [name.toUpperCase(), value])),
			lists: Object.fromEntries(plain.map(([name, value]) => [name, [value]])),
			Headers: new Headers(plain),
		};
		const params = { rawBody: BODY, headers: headers[shape], now: NOW, secret: SECRET };
		await expect(verifyCallback(params)).resolves.toMatchObject({ deliveryId: 'msg_1' });
	});

	it.each([300, -300])('may be %i seconds away from the clock', async offset => {
		const params = { rawBody: BODY, headers: await signed(), secret: SECRET };
		await expect(verifyCallback({ ...params, now: NOW + offset })).resolves.toBeDefined();
		const further = NOW + offset + Math.sign(offset);
		await expect(verifyCallback({ ...params, now: further })).rejects.toMatchObject({
			...refusal,
			message: expect.stringContaining('clocks differ'),
		});
	});

	it('is as old as whole seconds say, by the clock of this machine where none is given', async () => {
		const headers = await signPayload({ rawBody: BODY, secret: SECRET, id: 'msg_1' });
		await expect(verifyCallback({ rawBody: BODY, headers, secret: SECRET })).resolves.toBeDefined();
		const edge = { rawBody: BODY, headers: await signed(), secret: SECRET, now: NOW + 300.9 };
		await expect(verifyCallback(edge)).resolves.toBeDefined();
	});

	it('must be there where no token is expected', async () => {
		const params = { rawBody: BODY, secret: SECRET, query: { zihin_token: TOKEN } };
		await expect(verifyCallback(params)).rejects.toMatchObject({
			...refusal,
			message: 'The callback was refused: it is not signed.',
		});
	});

	it('is judged by any clock that can be one of seconds', async () => {
		const headers = await signed(SECRET, 100_000_000_000);
		const params = { rawBody: BODY, headers, secret: SECRET, now: 1e11 };
		await expect(verifyCallback(params)).resolves.toBeDefined();
	});

	it('must be of this very second when no tolerance is left', async () => {
		const params = { rawBody: BODY, headers: await signed(), secret: SECRET, toleranceSeconds: 0 };
		await expect(verifyCallback({ ...params, now: NOW })).resolves.toBeDefined();
		await expect(verifyCallback({ ...params, now: NOW + 1 })).rejects.toMatchObject(refusal);
	});

	it.each([
		['body', { rawBody: `${BODY} ` }],
		['id', { id: 'msg_2' }],
		['timestamp', { timestamp: String(NOW + 1) }],
	])(
		'is refused when its %s is another',
		async (_part, change: { rawBody?: string; id?: string; timestamp?: string }) => {
			const { rawBody = BODY, id = 'msg_1', timestamp = String(NOW) } = change;
			const headers = { ...(await signed()), 'webhook-id': id, 'webhook-timestamp': timestamp };
			await expect(verifyCallback({ rawBody, headers, now: NOW, secret: SECRET })).rejects.toMatchObject(
				refusal,
			);
		},
	);

	it.each([
		['no webhook-id', { 'webhook-id': undefined }],
		['an empty webhook-id', { 'webhook-id': '' }],
		['two of webhook-id', { 'webhook-id': ['msg_1', 'msg_1'] }],
		['no webhook-timestamp', { 'webhook-timestamp': undefined }],
		['two of webhook-timestamp', { 'webhook-timestamp': [String(NOW), String(NOW)] }],
		['a signed webhook-timestamp', { 'webhook-timestamp': `+${NOW}` }],
		['a space before the webhook-timestamp', { 'webhook-timestamp': ` ${NOW}` }],
		['a fraction in the webhook-timestamp', { 'webhook-timestamp': `${NOW}.0` }],
		['an endless webhook-timestamp', { 'webhook-timestamp': '1'.repeat(400) }],
		['an empty signature', { 'webhook-signature': '' }],
	])('is refused with %s', async (name, change) => {
		const headers = { ...(await signed()), ...change };
		await expect(verifyCallback({ rawBody: BODY, headers, now: NOW, secret: SECRET })).rejects.toMatchObject({
			...refusal,
			message: expect.stringContaining(`its ${name.split(' ').at(-1)} `),
		});
	});

	it('is refused in another spelling of the same bytes, or with anything around it', async () => {
		const headers = await signed();
		const signature = headers['webhook-signature'];
		const last = signature.at(-2) ?? '';
		const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
		const twin = `${signature.slice(0, -2)}${alphabet[alphabet.indexOf(last) + 1]}=`;
		for (const wrong of [twin, signature.slice(0, -1), `x${signature}`, `${signature}x`, `${signature},`]) {
			const params = { rawBody: BODY, headers: { ...headers, 'webhook-signature': wrong }, now: NOW };
			await expect(verifyCallback({ ...params, secret: SECRET })).rejects.toMatchObject(refusal);
		}
	});

	it('may have ten signatures of which one is right, and no more', async () => {
		const headers = await signed();
		const wrong = (await signed(OTHER_SECRET))['webhook-signature'];
		const list = (many: number) =>
			[...new Array(many - 1).fill(wrong), headers['webhook-signature']].join(' ');
		const verify = (many: number) =>
			verifyCallback({
				rawBody: BODY,
				headers: { ...headers, 'webhook-signature': list(many) },
				now: NOW,
				secret: SECRET,
			});
		await expect(verify(10)).resolves.toBeDefined();
		await expect(verify(11)).rejects.toMatchObject({
			...refusal,
			message: expect.stringContaining('too many signatures'),
		});
	});

	it('may have its signatures in headers of their own', async () => {
		const both = (await signed([OTHER_SECRET, SECRET]))['webhook-signature'].split(' ');
		const headers = { ...(await signed()), 'webhook-signature': both };
		await expect(verifyCallback({ rawBody: BODY, headers, now: NOW, secret: SECRET })).resolves.toBeDefined();
	});

	it.each([[[SECRET, OTHER_SECRET]], [[OTHER_SECRET, SECRET]]])(
		'is taken while one secret replaces another',
		async secret => {
			const params = { rawBody: BODY, now: NOW, secret };
			await expect(verifyCallback({ ...params, headers: await signed() })).resolves.toBeDefined();
			const stranger = await signed('whs_somebody-else-entirely');
			await expect(verifyCallback({ ...params, headers: stranger })).rejects.toMatchObject(refusal);
		},
	);

	it('is taken with base64 secrets, with and without their prefix', async () => {
		const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
		const params = { rawBody: BODY, headers: await signed(secret), now: NOW };
		await expect(verifyCallback({ ...params, secret: secret.slice(6) })).resolves.toBeDefined();
	});
});

describe('the bare digest of a body', () => {
	const digest = '56ab0454724beefd599f848a18330bc55751e54262e13c65672f77a0f0720f32';
	const rawBody = '{"execution_id":"e-1","status":"completed"}';
	const params = { rawBody, secret: SECRET, allowUntimestamped: true };

	it.each([
		['in capitals', digest.toUpperCase()],
		['with a prefix', `sha256=${digest}`],
		['too short', digest.slice(2)],
		['too long', `${digest}00`],
	])('is refused %s', async (_name, value) => {
		const headers = { 'x-webhook-signature': value };
		await expect(verifyCallback({ ...params, headers })).rejects.toMatchObject(refusal);
	});

	it('does not help a callback whose other signature is wrong', async () => {
		const headers = { ...(await signed(OTHER_SECRET)), 'X-Webhook-Signature': digest };
		await expect(verifyCallback({ ...params, headers, now: NOW })).rejects.toMatchObject(refusal);
	});

	it('counts as no signature unless it was asked for: then the token decides', async () => {
		const headers = { 'x-webhook-signature': 'wrong' };
		const withToken = { ...params, headers, token: TOKEN, query: { zihin_token: TOKEN } };
		await expect(verifyCallback(withToken)).rejects.toMatchObject(refusal);
		await expect(verifyCallback({ ...withToken, allowUntimestamped: false })).resolves.toBeDefined();
	});

	it('may come ten times and no more', async () => {
		const list = (many: number) => [...new Array(many - 1).fill('0'.repeat(64)), digest];
		const verify = (many: number) =>
			verifyCallback({ ...params, headers: { 'x-webhook-signature': list(many) } });
		await expect(verify(10)).resolves.toBeDefined();
		await expect(verify(11)).rejects.toMatchObject(refusal);
	});
});

describe('a check that is asked for in a wrong way', () => {
	const right = { rawBody: BODY, token: TOKEN, query: { zihin_token: TOKEN } };

	it.each<[string, object, RegExp]>([
		['a parsed body', { rawBody: JSON.parse(BODY) }, /raw body.*before any JSON parser/],
		['no body', { rawBody: undefined }, /raw body/],
		['neither a token nor a secret', { token: undefined }, /token.*secret.*or both/],
		['an empty token', { token: '' }, /token is empty/],
		['a token that is no text', { token: 7 }, /token is empty/],
		['an empty secret', { secret: '' }, /secret is empty/],
		['a secret that is null', { secret: null }, /secret is empty/],
		['an empty list of secrets', { secret: [] }, /empty list/],
		['an empty secret in a list', { secret: [SECRET, ''] }, /secret is empty/],
		['a secret with a line break', { secret: `${SECRET}\n` }, /whitespace/],
		['a secret with a space before it', { secret: ` ${SECRET}` }, /whitespace/],
		['a secret that is a bare prefix', { secret: 'whsec_' }, /neither whs_… nor base64/],
		['a secret that is no base64', { secret: 'whsec_-----' }, /neither whs_… nor base64/],
		['a secret with a prefix in its middle', { secret: 'AAAAwhsec_AAAA' }, /neither whs_… nor base64/],
		['a clock in milliseconds', { now: Date.now() }, /seconds since 1970/],
		['a clock that is not a number', { now: Number.NaN }, /seconds since 1970/],
		['a negative tolerance', { toleranceSeconds: -1 }, /toleranceSeconds/],
		['a tolerance that is not a number', { toleranceSeconds: Number.NaN }, /toleranceSeconds/],
	])('fails with kind config for %s', async (_name, change, message) => {
		await expect(verifyCallback(untyped({ ...right, ...change }))).rejects.toMatchObject({
			kind: 'config',
			message: expect.stringMatching(message),
		});
	});

	it('never shows a secret, a token or a signature', async () => {
		const headers = await signed(OTHER_SECRET);
		const wrong = [
			() => verifyCallback({ rawBody: BODY, secret: `${SECRET} `, token: TOKEN }),
			() => verifyCallback({ rawBody: BODY, secret: SECRET, headers, now: NOW }),
			() => verifyCallback({ rawBody: BODY, token: TOKEN, query: { zihin_token: FAKE_KEY } }),
			() => signPayload({ rawBody: BODY, secret: SECRET, id: '' }),
		];
		for (const outcome of wrong) {
			const error = await outcome().then(
				() => new Error('It was taken.'),
				(cause: Error) => cause,
			);
			const shown = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
			expect(error).toMatchObject({ name: 'ZihinAgentError' });
			for (const secret of [SECRET, TOKEN, FAKE_KEY, (await signed())['webhook-signature']]) {
				expect(shown).not.toContain(secret);
			}
		}
	});
});

describe('what a true callback says', () => {
	const verify = (body: unknown, headers = {}) =>
		verifyCallback({
			rawBody: typeof body === 'string' ? body : JSON.stringify(body),
			headers,
			token: TOKEN,
			query: { zihin_token: TOKEN },
		});

	it('has the fields of a run, and the body as it came', async () => {
		const body = {
			event: 'execution.completed',
			execution_id: 'e-1',
			trigger_id: 't-1',
			agent_id: 'a-1',
			session_id: 's-1',
			status: 'SUCCESS',
			response: 'The answer.',
			sources: [{ file: 'a.md' }],
			usage: { input_tokens: 1, output_tokens: 0 },
			error: null,
			completed_at: '2026-01-01T00:00:00Z',
		};
		await expect(verify(body, { 'webhook-id': 'msg_1' })).resolves.toEqual({
			event: 'execution.completed',
			deliveryId: 'msg_1',
			executionId: 'e-1',
			triggerId: 't-1',
			agentId: 'a-1',
			sessionId: 's-1',
			status: 'completed',
			content: 'The answer.',
			sources: [{ file: 'a.md' }],
			usage: { inputTokens: 1, outputTokens: 0, totalTokens: 1 },
			completedAt: '2026-01-01T00:00:00Z',
			body,
		});
	});

	it('is read from data, where the body has it there', async () => {
		const body = { id: 'evt_1', type: 'execution.failed', data: { execution_id: 'e-1', status: 'failed' } };
		await expect(verify(body)).resolves.toEqual({
			event: 'execution.failed',
			executionId: 'e-1',
			status: 'failed',
			body,
		});
	});

	it('does not take the id of an event for the id of a run', async () => {
		await expect(verify({ id: 'evt_1' })).resolves.toEqual({ body: { id: 'evt_1' } });
	});

	it('is immutable through and through', async () => {
		const payload = await verify({ sources: [{ file: 'a.md' }] });
		expect(Object.isFrozen(payload)).toBe(true);
		expect(Object.isFrozen(payload.sources?.[0])).toBe(true);
	});

	it.each(['', 'null', '[]', '"text"', '{', '\u{feff}{'])(
		'is a fault of the protocol when it is %j',
		async body => {
			await expect(verify(body)).rejects.toMatchObject({ kind: 'protocol' });
		},
	);

	it('is a fault of the protocol when its bytes are no UTF-8', async () => {
		const rawBody = Uint8Array.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]);
		await expect(
			verifyCallback({ rawBody, token: TOKEN, query: { zihin_token: TOKEN } }),
		).rejects.toMatchObject({ kind: 'protocol', message: expect.stringContaining('no JSON object') });
	});

	it('is read only after it was found to be true', async () => {
		const params = { rawBody: '{', token: TOKEN, query: {} };
		await expect(verifyCallback(params)).rejects.toMatchObject(refusal);
	});
});

describe('signPayload', () => {
	it('signs as the published vector says, once for each secret', async () => {
		const params = { rawBody: '{"test": 2432232314}', id: 'msg_p5jXN8AQM9LWM0D4loKWxJek' };
		const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
		const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
		await expect(signPayload({ ...params, secret, timestamp: 1_614_265_330 })).resolves.toEqual({
			'webhook-id': params.id,
			'webhook-timestamp': '1614265330',
			'webhook-signature': signature,
		});
		const two = await signPayload({ ...params, secret: [SECRET, secret], timestamp: 1_614_265_330 });
		expect(two['webhook-signature'].split(' ')).toEqual([expect.stringMatching(/^v1,.{44}$/), signature]);
	});

	it.each([
		['an id that is no text', { id: 7 }],
		['an id with a space', { id: 'a b' }],
		['an empty id', { id: '' }],
		['an id with a line break', { id: 'a\nb' }],
		['a fraction of a second', { timestamp: 1.5 }],
		['a time before 1970', { timestamp: -1 }],
		['a parsed body', { rawBody: {} }],
		['no secret', { secret: '' }],
	])('refuses %s', async (_name, change) => {
		const params = Object.assign({ rawBody: BODY, secret: SECRET, id: 'msg_1', timestamp: NOW }, change);
		await expect(signPayload(params)).rejects.toMatchObject({
			kind: 'config',
			message: expect.stringMatching(/^(?:id|timestamp|rawBody|secret) /),
		});
	});
});
