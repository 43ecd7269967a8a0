import { describe, expect, it } from 'vitest';
import { type CaseFile, readCases } from '../test/cases.ts';
import { buildError, type ErrorRecipe } from '../test/foreign-errors.ts';
import { everyViewOf } from '../test/views.ts';
import { createClient, ZihinAgentError } from './index.ts';
import { createRedactor } from './redact.ts';

interface RedactionCase {
	readonly id: string;
	readonly kind: 'text' | 'object' | 'error' | 'response' | 'sink' | 'robust';
	readonly apiKey: string;
	readonly input: unknown;
	readonly mustContain: readonly string[];
	readonly mustNotContain: readonly string[];
	readonly why: string;
	readonly build?: string;
	readonly maxMs?: number;
}

type Typed<Kind, Input> = RedactionCase & { readonly kind: Kind; readonly input: Input };

const { cases } = readCases<CaseFile<RedactionCase>>('redaction-cases');

function ofKind<Input>(kind: RedactionCase['kind']) {
	return cases.filter((testCase): testCase is Typed<typeof kind, Input> => testCase.kind === kind);
}

const [KEY = ''] = cases.map(({ apiKey }) => apiKey);
const { text: redact, cause: redactCause } = createRedactor([KEY]);

function expectClean(view: string, { mustContain, mustNotContain }: RedactionCase) {
	for (const secret of mustNotContain) expect(view).not.toContain(secret);
	for (const survivor of mustContain) expect(view).toContain(survivor);
}

/** A call that fails because its only answer is this; the error as its caller gets it. */
async function failureOf(apiKey: string, fetch: () => Promise<Response>) {
	const client = createClient({ apiKey, fetch, maxRetries: 0 });
	return client.invokeAgent({ agentId: 'a', message: 'hi' }).then(
		() => expect.unreachable('the call must fail'),
		(error: unknown) => error,
	);
}

describe('a redacted text', () => {
	it.each(ofKind<string>('text'))('is clean in $id: $why', testCase => {
		expectClean(createRedactor([testCase.apiKey]).text(testCase.input), testCase);
	});

	it.each(ofKind<unknown>('object'))('is clean of what stands in JSON, $id: $why', testCase => {
		expectClean(redact(JSON.stringify(testCase.input)), testCase);
	});

	it.each(cases.filter(({ kind }) => kind === 'text'))(
		'changes no more when redacted again, $id',
		({ input }) => {
			const once = redact(String(input));
			expect(redact(once)).toBe(once);
		},
	);

	it.each(cases.filter(({ maxMs }) => maxMs !== undefined))(
		'takes less than $maxMs ms for $build ($id)',
		({ build = '', maxMs = 0 }) => {
			const probe = /^"(.*)"\.repeat\((\d+)\)$/.exec(build);
			const text = (probe?.[1] ?? expect.unreachable(build)).repeat(Number(probe?.[2]));
			const started = performance.now();
			redact(text);
			expect(performance.now() - started).toBeLessThan(maxMs * 10);
		},
	);

	it.each([
		'zhn_',
		'zhn_live_',
		'whs_',
		'Bearer Bearer ',
		'basic=',
		'eyJa.eyJa.',
		'eyJeyJ',
		'\n    at ',
		'\\n',
		'at (:1',
		'authorization: x ',
		'token=',
		'"token":"',
		'"token","',
		'cookie:\t',
		'\\\\\\\\',
		'%7a%68',
		'\\u007a',
		'ZmFrZQ==',
		'api_key_api_key_',
		'- token secret ',
		'File "',
	])('of a megabyte of %j does not take time that grows with its square', unit => {
		const time = (bytes: number) => {
			const text = unit.repeat(Math.ceil(bytes / unit.length));
			const started = performance.now();
			redact(text);
			return performance.now() - started;
		};
		time(1000);
		// Quadratic work over this much takes minutes. The probes say a second, which a busy machine may take.
		expect(time(1_048_576)).toBeLessThan(10_000);
	});

	it('loses a key in every spelling, also a mixed one', () => {
		const secret = KEY.slice('zhn_live_'.length);
		const spellings = [
			encodeURIComponent(KEY),
			KEY.replace(/./g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
			KEY.replace(/[aeiou]/g, char => `\\u00${char.charCodeAt(0).toString(16)}`),
			KEY.replaceAll('_', '%5F'),
			...[0, 1, 2].map(shift => Buffer.from(`${'x'.repeat(shift)}${KEY}yy`).toString('base64')),
			...[0, 1, 2].map(shift => Buffer.from(`${'x'.repeat(shift)}${KEY}`).toString('base64url')),
			Buffer.from(KEY).toString('hex').toUpperCase(),
			secret,
		];
		for (const spelling of spellings) {
			const clean = redact(`before ${spelling} after`);
			expect(clean).toMatch(/^before .*\[redacted\].* after$/);
			expect(clean).not.toContain(spelling.slice(8, -8));
		}
	});

	it.each([
		'Basic dXNlcjpwYXNz',
		'Bearer <a1B2c3D4e5F6>',
		'Bearer [a1B2c3D4e5F6]',
		'{"set-cookie":["sid=a1B2c3D4e5F6; Path=/"]}',
		'webhook-signature: v1,a1B2c3D4e5F6 v1,dXNlcjpwYXNz',
		'X-Webhook-Signature: a1B2c3D4e5F6',
		'https://x.example/?my-api-key=a1B2c3D4e5F6',
		'https://x.example/?private_key=a1B2c3D4e5F6',
		'https://x.example/?X-Amz-Signature=a1B2c3D4e5F6',
		"{'X-Api-Key': 'a1B2c3D4e5F6'}",
		'{\\"client_secret\\":\\"a1B2c3D4e5F6\\"}',
	])('loses what is secret by its place: %s', text => {
		expect(redact(text)).toContain('[redacted]');
		expect(redact(text)).not.toMatch(/a1B2c3D4e5F6|dXNlcjpwYXNz/);
	});

	it.each([
		['Authorization: opaque value', 'Authorization: [redacted]'],
		['Cookie : sid=a1b2; theme=dark', 'Cookie : [redacted]'],
		['cookie:sid=a1b2', 'cookie:[redacted]'],
		['api-key: a1b2', 'api-key: [redacted]'],
		['apikey=a1b2&x=1', 'apikey=[redacted]&x=1'],
		['apikey: a1b2', 'apikey: [redacted]'],
		['X-Api-Key : a1b2, next', 'X-Api-Key : [redacted], next'],
		['["X-Api-Key","a1b2","Host","h"]', '["X-Api-Key","[redacted]","Host","h"]'],
		['secret whs_4nT7yP0qW8eR created', 'secret [redacted] created'],
		['secret whsec_4nT7+P0q/8eR== created', 'secret [redacted] created'],
		['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.IvE0_Y2-Cn end', 'token [redacted] end'],
		['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0 end', 'token [redacted] end'],
		['Bearer abcdefghijklmnopqrstuvwx end', 'Bearer [redacted] end'],
		['Bearer abcdef12 end', 'Bearer [redacted] end'],
		['Bearer abcdEfgh end', 'Bearer [redacted] end'],
		['Basic abcdefg= end', 'Basic [redacted] end'],
	])('loses the secret of %j and nothing around it', (text, clean) => {
		expect(redact(text)).toBe(clean);
	});

	it.each([
		'Bearer REQUIRED',
		'Bearer realm=example',
		'Bearer abcdefghijklmnopqrstuvw',
		'Bearer abcde12',
		'whs_abc is where a secret begins, whsec_abc too',
		'a.b.c of eyJ is no token',
	])('keeps %j, which is no secret', text => {
		expect(redact(text)).toBe(text);
	});

	it.each([
		'boom\n    at foo (C:\\app\\new\\a.js:42:13)\n    at file:///C:/app/a.mjs:1:2',
		'boom\n    at async Promise.all (index 0)\n    at async /app/a.js:1:2',
		'boom\n\tat com.app.Bar.baz(Bar.java:12)\r\n\tat com.app.Foo.foo(Foo.java:3)',
		'boom\n  File "/srv/app/main.py", line 12, in handler',
		'boom\\n  File \\"/srv/app/main.py\\", line 12, in handler',
		'boom\n#0 /srv/app/index.php(12): foo()\n#1 /srv/app/b.php(3): bar()',
		'boom\n\t/srv/app/main.go:12 +0x1d',
		'boom\\r\\n\\tat foo (/app/a.js:42:13)',
	])("loses a server's stack frames: %j", text => {
		expect(redact(text)).toBe('boom');
	});

	it('keeps ordinary words although a short key is one of them', () => {
		const short = createRedactor(['zhn_test_key']);
		expect(short.text('The API key zhn_test_key is a key.')).toBe('The API key [redacted] is a key.');
	});

	it.each([
		['zhn_live_a.b*c(d)|e?>~>~?>', 'a.b*c(d)|e?>~>~?>'],
		['zhn_test_12345678', '12345678'],
		['whs_4nT7yP0q', '4nT7yP0q'],
		['whsec_4nT7yP0q', '4nT7yP0q'],
		['of-no-known-kind', 'of-no-known-kind'],
		['mine:zhn_live_4nT7yP0q', 'mine:zhn_live_4nT7yP0q'],
	])('loses the secret %s as a whole, and its secret part alone', (secret, part) => {
		const { text } = createRedactor([secret]);
		const hex = (clear: string) => Buffer.from(clear).toString('hex');
		for (const form of [secret, part, hex(secret), hex(part), hex(part).replace(/../g, '%$&')]) {
			expect(text(`<${form}> and <${form}>`)).toBe('<[redacted]> and <[redacted]>');
		}
	});

	it.each(['base64', 'base64url'] as const)('loses every secret in %s, wherever it begins', encoding => {
		for (const secret of [KEY, 'zhn_live_a.b*c(d)|e?>~>~?>', 'zhn_test_key', 'of-no-known-kind']) {
			const { text } = createRedactor([secret]);
			const encoded = Buffer.from(secret).toString(encoding);
			expect(text(`<${encoded}> and <${encoded}>`)).toBe('<[redacted]> and <[redacted]>');
			for (const before of ['u:', 'id:', 'key:']) {
				const mixed = Buffer.from(`${before}${secret}`).toString(encoding);
				expect(text(`<${mixed}>`)).toMatch(/^<[\w+/-]{0,8}\[redacted\]>$/);
			}
		}
	});

	it('leaves the part of a short key alone, but not the key in any spelling', () => {
		const { text } = createRedactor(['zhn_test_7654321']);
		const hex = Buffer.from('zhn_test_7654321').toString('hex');
		expect(text(`order 7654321, ${hex}, ${hex.replace(/../g, '%$&')}`)).toBe(
			'order 7654321, [redacted], [redacted]',
		);
	});

	it('does not tell how long the secret was', () => {
		const short = redact('zhn_live_abcdefgh');
		expect(redact(`zhn_live_${'a'.repeat(300)}`)).toBe(short);
	});

	it('keeps what helps support: ids, models, addresses and prose', () => {
		const kept =
			'request_id: req_01J9Z3 trace_id=4bf92f3577b34da6a3ce929d0e0e4736 session 0199c3f2-7e1a-7c3d-8a2b-000000000001 ' +
			'connect ECONNREFUSED 127.0.0.1:443, max_tokens=200, "output_tokens": 12, keys start with zhn_live_';
		expect(redact(kept)).toBe(kept);
	});
});

describe('a redacted cause', () => {
	it.each(ofKind<ErrorRecipe>('error'))('is clean in $id: $why', testCase => {
		const clean = createRedactor([testCase.apiKey]).cause(buildError(testCase.input));
		expectClean(everyViewOf(clean), testCase);
	});

	it.each(ofKind<ErrorRecipe>('error'))('stays clean on its way out of a call, $id', async testCase => {
		const error = await failureOf(testCase.apiKey, () => Promise.reject(buildError(testCase.input)));
		expect(error).toBeInstanceOf(ZihinAgentError);
		expectClean(everyViewOf(error), testCase);
	});

	it('ends although the chain is a circle', () => {
		const error = new Error('self');
		error.cause = error;
		const clean = redactCause(error);
		expect(clean).toMatchObject({ message: 'self' });
		expect(clean instanceof Error && clean.cause).toBe(clean);
	});

	it.each([
		['a text', `bad ${KEY}`, 'bad [redacted]'],
		['a number', 42, 42],
		['nothing', undefined, undefined],
		['null', null, null],
		['a symbol, whose description may be a secret', Symbol(KEY), undefined],
	])('may be %s', (_name, cause, clean) => {
		expect(redactCause(cause)).toBe(clean);
	});

	it('keeps the name, and the stack on this side with its frames', () => {
		const error = new TypeError(`bad ${KEY}`);
		error.stack = `TypeError: bad ${KEY}\n    at user (/home/u/app.js:1:1)`;
		expect(redactCause(error)).toMatchObject({
			name: 'TypeError',
			message: 'bad [redacted]',
			stack: 'TypeError: bad [redacted]\n    at user (/home/u/app.js:1:1)',
		});
	});

	it('has the name Error and the message as its stack when it had neither', () => {
		const clean = redactCause({ message: `bad ${KEY}` });
		expect(clean).toMatchObject({ name: 'Error', message: 'bad [redacted]', stack: 'Error: bad [redacted]' });
		expect(clean).not.toHaveProperty('cause');
		expect(clean).not.toHaveProperty('code');
	});

	it.each([{}, { message: 42, name: {}, stack: [KEY], code: 7 }])(
		'made of %j says that it was no error',
		thrown => {
			const clean = redactCause(thrown);
			expect(clean).toMatchObject({ name: 'Error', message: expect.stringContaining('no error') });
			expect(clean).not.toHaveProperty('code');
		},
	);

	it('holds the errors of an AggregateError, eight of them at most', () => {
		const errors = Array.from({ length: 10 }, (_, index) => new Error(`${index} ${KEY}`));
		expect(redactCause(new AggregateError(errors, 'all failed'))).toMatchObject({
			message: 'all failed',
			errors: Array.from({ length: 8 }, (_, index) => ({ message: `${index} [redacted]` })),
		});
	});

	it('ends after eight levels', () => {
		let chain = new Error('level 12');
		for (let level = 11; level > 0; level--) chain = new Error(`level ${level}`, { cause: chain });
		const levels: string[] = [];
		for (let part = redactCause(chain); part instanceof Error; part = part.cause) levels.push(part.message);
		expect(levels).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(level => `level ${level}`));
	});

	it('drops own properties, which may hold anything, but keeps the code', () => {
		const clean = redactCause(Object.assign(new Error('x'), { code: 'ECONNRESET', headers: { a: KEY } }));
		expect(clean).toMatchObject({ message: 'x', code: 'ECONNRESET' });
		expect(everyViewOf(clean)).not.toContain('headers');
	});

	it('leaves the original error as it was', () => {
		const original = new Error(`bad ${KEY}`, { cause: { headers: { authorization: `Bearer ${KEY}` } } });
		const before = everyViewOf(original);
		redactCause(original);
		expect(everyViewOf(original)).toBe(before);
	});

	it('survives getters that throw', () => {
		const hostile = Object.defineProperty({}, 'message', {
			get: () => {
				throw new Error(KEY);
			},
		});
		expect(everyViewOf(redactCause(hostile))).not.toContain(KEY);
	});
});

describe('an error made of an answer', () => {
	interface AnswerRecipe {
		readonly status: number;
		readonly headers: Readonly<Record<string, string>>;
		readonly body: string;
	}

	it.each(ofKind<AnswerRecipe>('response'))('is clean in $id: $why', async testCase => {
		const { status, headers, body } = testCase.input;
		const error = await failureOf(testCase.apiKey, async () => new Response(body, { status, headers }));
		expect(error).toBeInstanceOf(ZihinAgentError);
		expectClean(everyViewOf(error), testCase);
	});

	it('is redacted before its message is cut, so that no half key is left at the end', async () => {
		const body = JSON.stringify({ error: 'x', message: `${'a'.repeat(1955)} ${KEY}` });
		const error = await failureOf(KEY, async () => new Response(body, { status: 400 }));
		expect(everyViewOf(error)).not.toContain(KEY.slice(9, 15));
	});
});

describe('redaction', () => {
	it.each(cases.filter(({ build }) => build?.startsWith('redact(')))('is idempotent ($id)', ({ input }) => {
		expect(redact(redact(String(input)))).toBe(redact(String(input)));
	});

	it.each(cases.filter(({ build }) => build?.startsWith('input is deep-equal')))(
		'does not change what the caller passed in ($id)',
		async ({ input }) => {
			const before = structuredClone(input);
			const thrown = Object.assign(new Error('x', { cause: input }), { request: input });
			await failureOf(KEY, () => Promise.reject(thrown));
			expect(input).toEqual(before);
		},
	);

	it('has a test for every case in the file', () => {
		const covered = ['text', 'object', 'error', 'response', 'sink'];
		const rest = cases.filter(({ kind, build, maxMs }) => !covered.includes(kind) && !maxMs && !build);
		expect(rest).toEqual([]);
	});
});
