import { describe, expect, it } from 'vitest';
import { type CaseFile, readCases, seededRandom } from '../test/cases.ts';
import { type ServerSentEvent, SseDecoder } from './sse.ts';

interface SseCase {
	readonly id: string;
	readonly input: string;
	readonly expect: readonly ServerSentEvent[];
}

const { cases } = readCases<CaseFile<SseCase>>('sse-cases');

/** The ways in which a network may cut the same bytes. */
const CUTS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array[]>> = {
	whole: bytes => [bytes],
	'byte by byte': bytes => cutEvery(bytes, () => 1),
	'in pairs': bytes => cutEvery(bytes, () => 2),
	'in pairs after one byte': bytes => [bytes.subarray(0, 1), ...cutEvery(bytes.subarray(1), () => 2)],
	...Object.fromEntries(
		[1, 2, 3, 4, 5].map(seed => {
			const random = seededRandom(seed);
			return [
				`at random, seed ${seed}`,
				(bytes: Uint8Array) => cutEvery(bytes, () => Math.floor(random() * 12)),
			];
		}),
	),
};

function cutEvery(bytes: Uint8Array, size: () => number): Uint8Array[] {
	const parts: Uint8Array[] = [];
	for (let at = 0; at < bytes.length; ) {
		const next = at + size();
		parts.push(bytes.subarray(at, next));
		at = next;
	}
	return parts;
}

const OVERSIZE = new Error('oversize');

/** Decodes text as it arrives, cut anywhere. */
function decode(parts: readonly Uint8Array[], maxEventBytes = 2 ** 20) {
	const utf8 = new TextDecoder();
	const events: ServerSentEvent[] = [];
	const decoder = new SseDecoder(
		event => void events.push(event),
		maxEventBytes,
		() => {
			throw OVERSIZE;
		},
	);
	for (const part of parts) push(decoder, utf8.decode(part, { stream: true }));
	return events;
}

const encode = (text: string) => new TextEncoder().encode(text);
const push = (decoder: SseDecoder, text: string) => decoder.push(text, encode(text).length);

describe.each(Object.entries(CUTS))('a stream that arrives %s', (_name, cut) => {
	it.each(cases)('gives the events of $id', testCase => {
		const expected = testCase.expect.map(event => ({ ...event, event: event.event || 'message' }));
		expect(decode(cut(Buffer.from(testCase.input, 'base64')))).toEqual(expected);
	});

	/** Each event is exactly 30 bytes long, with its line ends and the blank line. */
	it.each([
		['LF', `data: ${'x'.repeat(22)}\n\n`],
		['CR', `data: ${'x'.repeat(22)}\r\r`],
		['CRLF', `data: ${'x'.repeat(20)}\r\n\r\n`],
		['CRLF on two lines', `event: tok\r\ndata: ${'x'.repeat(8)}\r\n\r\n`],
		['two-byte characters', `data: ${'é'.repeat(11)}\n\n`],
		['three-byte characters', `data: ${'€'.repeat(7)}x\n\n`],
		['four-byte characters', `data: ${'😀'.repeat(5)}xx\n\n`],
		['ignored fields', `retry: 100\nfuture: y\ndata: z\n\n`],
	])('takes an event of just the largest size (%s), again and again, and not one byte more', (_, event) => {
		expect(encode(event)).toHaveLength(30);
		expect(decode(cut(encode(event.repeat(3))), 30)).toHaveLength(3);
		expect(() => decode(cut(encode(event.repeat(3))), 29)).toThrow(OVERSIZE);
	});

	it('does not count comments, whatever ends them, nor blank lines between events', () => {
		const event = `data: ${'x'.repeat(22)}\n\n`;
		const comment = `: ${'keep-alive '.repeat(20)}`;
		const stream = `${comment}\n${event}${comment}\r\n\r\n\r\n${comment}\r${event}\n\n\r\r`;
		expect(decode(cut(encode(stream)), 30)).toHaveLength(2);
		expect(decode(cut(encode(`data: ${'x'.repeat(22)}\n${comment}\r\n\n`)), 30)).toHaveLength(1);
	});

	it('stops an unfinished line that grows beyond the limit', () => {
		expect(() => decode(cut(encode('x'.repeat(31))), 30)).toThrow(OVERSIZE);
		expect(decode(cut(encode('x'.repeat(30))), 30)).toEqual([]);
	});
});

describe('an event', () => {
	it('comes out as soon as the CR of its blank line is there', () => {
		expect(decode([encode('data: a\r\r')])).toHaveLength(1);
		expect(decode([encode('data: a\r\n\r')])).toHaveLength(1);
	});

	it('of several megabytes of short lines is joined in one go', () => {
		const lines = 200_000;
		const [event] = decode([encode(`${'data: 0123456789\n'.repeat(lines)}\n`)], 2 ** 23);
		expect(event?.data).toHaveLength(lines * 11 - 1);
	});

	it('may be preceded by a comment longer than the limit, in many pieces', () => {
		const piece = encode('x'.repeat(1000));
		const parts = [encode(':'), ...Array.from({ length: 100 }, () => piece), encode('\ndata: a\n\n')];
		expect(decode(parts, 20)).toEqual([{ event: 'message', data: 'a', id: '' }]);
	});

	it('that is counted as ASCII gives the same as one that is counted by character', () => {
		const events: ServerSentEvent[] = [];
		const decoder = new SseDecoder(
			event => void events.push(event),
			9,
			() => {
				throw OVERSIZE;
			},
		);
		decoder.push('data: a\n\n', 9);
		expect(() => decoder.push('data: ab\n\n', 10)).toThrow(OVERSIZE);
		expect(events).toEqual([{ event: 'message', data: 'a', id: '' }]);
	});
});
