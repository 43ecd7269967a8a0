import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyHost } from '../src/addresses.ts';
import { createRedactor } from '../src/redact.ts';
import { type ServerSentEvent, SseDecoder } from '../src/sse.ts';
import { readBaseUrl, readCallbackUrl } from '../src/urls.ts';

/** Cuts bytes at these places, in whatever order they come. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
	const edges = [...new Set([0, ...places.map(place => place % (bytes.length + 1)), bytes.length])];
	edges.sort((a, b) => a - b);
	return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

/** Decodes a stream as the client does. An event beyond the limit ends it. */
function decode(chunks: readonly Uint8Array[], limit = Number.MAX_SAFE_INTEGER) {
	const events: ServerSentEvent[] = [];
	const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
	const oversize = new Error('oversize');
	const decoder = new SseDecoder(
		event => events.push(event),
		limit,
		() => {
			throw oversize;
		},
	);
	try {
		for (const chunk of chunks) {
			const text = utf8.decode(chunk, { stream: true });
			decoder.push(text, Buffer.byteLength(text));
		}
		return { events, oversize: false };
	} catch (error) {
		if (error !== oversize) throw error;
		return { events, oversize: true };
	}
}

/** Streams made of what the grammar is about, and of anything. */
const stream = fc
	.array(
		fc.oneof(
			fc.constantFrom('data', 'event', 'id', 'retry', ':', ': ', '\n', '\r', '\r\n', '\n\n', ' ', '\0'),
			fc.string({ unit: 'grapheme', maxLength: 8 }),
			fc.constantFrom('data: {"a":1}\n\n', 'event: token\ndata: x\n\n', '\uFEFF', '\u2028', '🚀'),
		),
		{ maxLength: 40 },
	)
	.map(parts => new TextEncoder().encode(parts.join('')));

describe('the decoder of event streams', () => {
	it('gives the same events however the bytes are cut', () => {
		fc.assert(
			fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (bytes, places) => {
				expect(decode(cut(bytes, places))).toEqual(decode([bytes]));
			}),
			{ numRuns: 2000 },
		);
	});

	it('finds the same event too large however the bytes are cut', () => {
		const limit = fc.integer({ min: 1, max: 60 });
		fc.assert(
			fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), limit, (bytes, places, most) => {
				expect(decode(cut(bytes, places), most).oversize).toBe(decode([bytes], most).oversize);
			}),
			{ numRuns: 2000 },
		);
	});

	it('brings back every event that was written by the book', () => {
		const line = fc.string({ unit: 'grapheme' }).map(text => text.replace(/[\r\n\0]/g, ''));
		const event = fc.record({ event: line.filter(Boolean), data: fc.array(line, { minLength: 1 }) });
		const end = fc.constantFrom('\n', '\r', '\r\n');
		fc.assert(
			fc.property(fc.array(event), end, fc.array(fc.nat()), (events, newline, places) => {
				const text = events.map(({ event: name, data }) =>
					[`event: ${name}`, ...data.map(part => `data: ${part}`), '', ''].join(newline),
				);
				const bytes = new TextEncoder().encode(text.join(''));
				expect(
					decode(cut(bytes, places)).events.map(({ event: name, data }) => ({ event: name, data })),
				).toEqual(events.map(({ event: name, data }) => ({ event: name, data: data.join('\n') })));
			}),
			{ numRuns: 1000 },
		);
	});
});

/** Spellings that have fooled URL checks, around a name that may or may not be ours. */
const urlText = fc
	.tuple(
		fc.constantFrom(
			'https://',
			'http://',
			'https:/',
			'https:\\\\',
			'ftp://',
			'//',
			'HTTPS://',
			'https://https://',
		),
		fc.array(
			fc.oneof(
				fc.constantFrom('zihin.ai', 'llm.', 'evil.com', 'localhost', '127.0.0.1', '[::1]', '169.254.169.254'),
				fc.constantFrom(
					'@',
					'#',
					'?',
					'/',
					'\\',
					':',
					':443',
					':8443',
					'%2e',
					'%40',
					'.',
					'..',
					'\t',
					' ',
					'。',
				),
				fc.constantFrom('0x7f.1', '[::ffff:127.0.0.1]', 'ı', 'ⓛⓛⓜ.', 'xn--zhin-lza.ai', '-', '_', '*'),
				fc.string({ maxLength: 4 }),
			),
			{ minLength: 1, maxLength: 7 },
		),
	)
	.map(([scheme, parts]) => scheme + parts.join(''));

const policies = fc.record({ allowCustomBaseUrl: fc.boolean(), allowHttp: fc.boolean() });

function accepted(judge: () => string): string | undefined {
	try {
		return judge();
	} catch (error) {
		expect(error).toMatchObject({ kind: 'config' });
		return undefined;
	}
}

describe('what is accepted as a base URL', () => {
	it('leads to an allowed origin, and a path put behind it stays there', () => {
		fc.assert(
			fc.property(urlText, policies, (text, policy) => {
				const base = accepted(() => readBaseUrl(text, policy));
				if (base === undefined) return;
				const url = new URL(`${base}/api/v2/agents`);
				const hostClass = classifyHost(url.hostname);
				const ours = url.hostname === 'zihin.ai' || url.hostname.endsWith('.zihin.ai');
				expect(hostClass).not.toBe('never');
				expect([url.username, url.password, url.search, url.hash]).toEqual(['', '', '', '']);
				expect(url.pathname.endsWith('/api/v2/agents')).toBe(true);
				expect(url.origin).toBe(new URL(text).origin);
				if (!policy.allowHttp) expect([url.protocol, hostClass]).not.toContain('http:');
				if (!policy.allowHttp) expect(hostClass).not.toBe('loopback');
				if (!policy.allowCustomBaseUrl && hostClass !== 'loopback') {
					expect([ours, url.protocol, url.port]).toEqual([true, 'https:', '']);
				}
			}),
			{ numRuns: 5000 },
		);
	});

	it('is not only nothing: every subdomain of ours is', () => {
		const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
		fc.assert(
			fc.property(fc.array(label, { maxLength: 4 }), labels => {
				const text = `https://${[...labels, 'zihin.ai'].join('.')}`;
				expect(readBaseUrl(text, { allowCustomBaseUrl: false, allowHttp: false })).toBe(text);
			}),
		);
	});
});

it('what is accepted as a callback URL is public https, unless HTTP is allowed', () => {
	fc.assert(
		fc.property(urlText, policies, (text, policy) => {
			const callback = accepted(() => readCallbackUrl(text, policy));
			if (callback === undefined) return;
			const url = new URL(callback);
			const hostClass = classifyHost(url.hostname);
			expect(hostClass).not.toBe('never');
			expect([url.username, url.password, url.hash]).toEqual(['', '', '']);
			if (hostClass === 'public' || !policy.allowHttp) expect(url.protocol).toBe('https:');
			if (!policy.allowHttp) expect(hostClass).toBe('public');
		}),
		{ numRuns: 5000 },
	);
});

describe('the redactor', () => {
	const body = fc.stringMatching(/^[A-Za-z0-9_-]{16,48}$/);
	const key = fc
		.tuple(fc.constantFrom('live', 'test', 'dev'), body)
		.map(([kind, text]) => `zhn_${kind}_${text}`);
	const hex = (text: string) => Buffer.from(text).toString('hex');
	const encodings: readonly ((text: string) => string)[] = [
		text => text,
		text => text.toUpperCase(),
		text => JSON.stringify(JSON.stringify(text)),
		text => hex(text),
		text => hex(text).replace(/../g, '%$&'),
		text => hex(text).replace(/../g, '\\u00$&'),
		text => Buffer.from(text).toString('base64'),
		text => Buffer.from(text).toString('base64url'),
		text => Buffer.from(`user:${text}`).toString('base64'),
		text => Buffer.from(`a${text}`).toString('base64'),
	];

	it('leaves a key in no encoding, wherever it stands', () => {
		const noise = fc.string({ maxLength: 30 });
		fc.assert(
			fc.property(key, noise, noise, fc.constantFrom(...encodings), (secret, before, after, encode) => {
				const clean = createRedactor([secret]).text(`${before} ${encode(secret)} ${after}`);
				const inner = encode(secret).slice(8, -4);
				expect(clean).not.toContain(inner);
				expect(clean).not.toContain(secret.slice(9));
			}),
			{ numRuns: 500 },
		);
	});

	it('changes nothing any more when it is applied again', () => {
		fc.assert(
			fc.property(key, fc.string({ unit: 'grapheme', maxLength: 200 }), (secret, text) => {
				const { text: redact } = createRedactor([secret]);
				const once = redact(`${text} ${secret} ${text}`);
				expect(redact(once)).toBe(once);
			}),
		);
	});

	it('leaves ids of requests, traces and agents alone', () => {
		const id = fc.oneof(
			fc.uuid(),
			fc.stringMatching(/^[0-9a-f]{32}$/),
			fc.stringMatching(/^req_[0-9A-HJKMNP-TV-Z]{26}$/),
		);
		fc.assert(
			fc.property(key, id, (secret, text) => {
				const message = `request ${text} of agent ${text} failed`;
				expect(createRedactor([secret]).text(message)).toBe(message);
			}),
		);
	});
});
