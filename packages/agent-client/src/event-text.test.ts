import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentTurn } from './agent-turn.ts';
import { EventText } from './event-text.ts';
import { SseDecoder } from './sse.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decodeAll = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** What is given for each of these pieces. */
function given(...pieces: readonly (string | Uint8Array)[]): readonly string[] {
	let text = '';
	const events = new EventText(more => {
		text += more;
	});
	return pieces.map(piece => {
		text = '';
		events.push(typeof piece === 'string' ? encode(piece) : piece, false);
		return text;
	});
}

describe('text is given', () => {
	it.each([
		['LF', 'data: a\n\n'],
		['CR', 'data: a\r\r'],
		['CRLF', 'data: a\r\n\r\n'],
		['the CR of a blank line', 'data: a\r\n\r'],
		['mixed line ends', 'data: a\n\r\n'],
	])('up to the end of an event: %s', (_what, event) => {
		expect(given(event)).toEqual([event]);
		expect(given(`${event}${event}data: b`)).toEqual([`${event}${event}`]);
		expect(given(event.slice(0, -1), event.slice(-1)).at(-1)?.endsWith(event.slice(-1))).toBe(true);
	});

	it('not before, where a line ends in CRLF', () => {
		expect(given('event: a\r\ndata: b', '\r\n', '\r\n')).toEqual(['', '', 'event: a\r\ndata: b\r\n\r\n']);
	});

	it('as soon as the line end comes that makes a line blank, however the bytes are cut', () => {
		expect(given('data: a\n', '\n')).toEqual(['', 'data: a\n\n']);
		expect(given('data: a\r', '\r', 'data: b')).toEqual(['', 'data: a\r\r', '']);
		expect(given('data: a\r\n\r', '\n')).toEqual(['data: a\r\n\r', '\n']);
	});

	it('of a piece much longer than what waits for it', () => {
		const events = 'data: a\n\n'.repeat(1000);
		expect(given('data', `${events.slice(4)}data: b`, '\n\n')).toEqual(['', events, 'data: b\n\n']);
	});

	it('at once where a long begin follows it', () => {
		const text = `data: a\n\ndata: ${'x'.repeat(300)}`;
		expect(given(text)).toEqual([text]);
	});

	it('when it is asked for, within a character too', () => {
		const texts: [string, number][] = [];
		const events = new EventText((text, bytes) => texts.push([text, bytes]));
		const [first, second, third] = encode('€');
		events.push(Uint8Array.of(97, first ?? 0, second ?? 0), false);
		expect(events.waiting).toBe(3);
		events.flush();
		expect(events.waiting).toBe(2);
		events.push(Uint8Array.of(third ?? 0, 10, 10, 98, 10, 10), false);
		expect(texts).toEqual([
			['a', 1],
			['€\n\nb\n\n', 8],
		]);
		expect(events.waiting).toBe(0);
		events.push(encode('é\n\n'), false);
		expect(texts.at(-1)).toEqual(['é\n\n', 4]);
	});

	it('and none of its bytes is the giver’s, who may use them again', () => {
		const piece = encode('data: a');
		let text = '';
		const events = new EventText(more => {
			text += more;
		});
		events.push(piece, false);
		piece.fill(0);
		events.push(encode('\n\n'), false);
		expect(text).toBe('data: a\n\n');
	});
});

/** Bytes as a network may bring them, and the places where it cuts them. */
const part = fc.oneof(
	fc.constantFrom(
		'\n',
		'\r',
		'\r\n',
		'\n\n',
		'\r\n\r\n',
		'data: ',
		'event: x',
		':',
		'\ufeff',
		'é',
		'€',
		'😀',
		'id: 1',
	),
	fc.string({ unit: 'grapheme', maxLength: 20 }),
	fc.constantFrom('x'.repeat(200), 'é'.repeat(150)),
);
const valid = fc.array(part, { maxLength: 20 }).map(parts => encode(parts.join('')));
const places = fc.array(fc.nat(), { maxLength: 15 });

function cut(bytes: Uint8Array, at: readonly number[]): readonly Uint8Array[] {
	const edges = [...new Set([0, ...at.map(place => place % (bytes.length + 1)), bytes.length])];
	edges.sort((a, b) => a - b);
	return edges.slice(1).map((end, index) => bytes.slice(edges[index], end));
}

describe('any bytes, cut anywhere', () => {
	it('give the text that they give in one piece', () => {
		const anything = fc.oneof(
			valid,
			fc.uint8Array({ maxLength: 40 }),
			fc
				.array(fc.constantFrom(10, 13, 0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xf0, 0x9f, 0xff), { maxLength: 30 })
				.map(list => Uint8Array.from(list)),
		);
		const flushes = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
		fc.assert(
			fc.property(anything, places, flushes, (bytes, at, flush) => {
				let text = '';
				const events = new EventText(more => {
					text += more;
				});
				for (const [index, piece] of cut(bytes, at).entries()) {
					events.push(piece, false);
					if (flush[index]) events.flush();
				}
				// Completes a character that may have been cut.
				events.push(encode('\n\n'), false);
				expect(text).toBe(decodeAll(Uint8Array.of(...bytes, 10, 10)));
			}),
			{ numRuns: 3000 },
		);
	});

	it('are counted as they are', () => {
		fc.assert(
			fc.property(valid, places, (bytes, at) => {
				let given = 0;
				const events = new EventText((text, count) => {
					expect(count).toBe(encode(text).length);
					given += count;
				});
				let come = 0;
				for (const [index, piece] of cut(bytes, at).entries()) {
					events.push(piece, false);
					if (index % 3 === 2) events.flush();
					come += piece.length;
					expect(given + events.waiting).toBe(come);
				}
			}),
		);
	});

	it('give each event, and the fault of one that is too large, no later than text that is not held back', () => {
		const limit = fc.oneof(fc.constant(2 ** 20), fc.integer({ min: 10, max: 700 }));
		fc.assert(
			fc.property(valid, places, limit, (bytes, at, maxStreamEventBytes) => {
				const pieces = cut(bytes, at);
				expect(byTurn(pieces, maxStreamEventBytes)).toEqual(byDecoder(pieces, maxStreamEventBytes));
			}),
			{ numRuns: 5000 },
		);
	});

	it('of a few bytes give each event no later, whatever they are and wherever they are cut', () => {
		let streams = [''];
		for (let length = 1; length <= 6; length++) {
			streams = streams.flatMap(stream => ['\n', '\r', 'x'].map(next => stream + next));
			for (const stream of streams) {
				const bytes = encode(`data: ${stream}:`);
				for (let first = 5; first < bytes.length; first++) {
					for (let second = first; second < bytes.length; second++) {
						const pieces = cut(bytes, [first, second]);
						expect(byTurn(pieces, 2 ** 20), JSON.stringify([stream, first, second])).toEqual(
							byDecoder(pieces, 2 ** 20),
						);
					}
				}
			}
		}
	});

	/** How many events have come after each piece, and in which one there was a fault. */
	function byTurn(pieces: readonly Uint8Array[], maxStreamEventBytes: number): readonly (number | 'fault')[] {
		const turn = new AgentTurn(
			{ maxStreamEventBytes, maxStreamTotalBytes: 2 ** 26 },
			{ includeRawEvents: false, tokens: true },
		);
		const seen: (number | 'fault')[] = [];
		for (const piece of pieces) {
			try {
				turn.push(piece);
			} catch {
				return [...seen, turn.takeChunks().length, 'fault'];
			}
			seen.push(turn.takeChunks().length);
		}
		return seen;
	}

	function byDecoder(pieces: readonly Uint8Array[], limit: number): readonly (number | 'fault')[] {
		let events = 0;
		const decoder = new SseDecoder(
			() => {
				events += 1;
			},
			limit,
			() => {
				throw new Error('too large');
			},
		);
		const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
		const seen: (number | 'fault')[] = [];
		for (const piece of pieces) {
			events = 0;
			try {
				const text = utf8.decode(piece, { stream: true });
				decoder.push(text, encode(text).length);
			} catch {
				return [...seen, events, 'fault'];
			}
			seen.push(events);
		}
		return seen;
	}
});
