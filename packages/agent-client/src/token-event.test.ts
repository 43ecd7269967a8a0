import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentTurn } from './agent-turn.ts';
import type { AgentChunk } from './chunks.ts';
import { tokenEvent } from './token-event.ts';

const TEXTS: string[] = [];
const known = tokenEvent(content => TEXTS.push(content));

function read(text: string, at = 0) {
	TEXTS.length = 0;
	expect(tokenEvent(undefined)(text, at)).toBe(known(text, at));
	TEXTS.length = 0;
	return { next: known(text, at), texts: [...TEXTS] };
}

describe('a token event in its plainest spelling', () => {
	it.each([
		['LF', 'event: token\ndata: {"content":"a b"}\n\n'],
		['CRLF', 'event: token\r\ndata: {"content":"a b"}\r\n\r\n'],
		['a space before the value', 'event: token\ndata: {"content": "a b"}\n\n'],
	])('is read whole: %s', (_what, event) => {
		expect(read(event)).toEqual({ next: event.length, texts: ['a b'] });
		expect(read(`${event}${event}`, event.length)).toEqual({ next: 2 * event.length, texts: ['a b'] });
	});

	it('may hold any text that JSON leaves as it is', () => {
		const content = " !#[]~\u007f\u0080\u2028é日🚀\ud800{{name}}</script>'";
		expect(read(`event: token\ndata: {"content":"${content}"}\n\n`).texts).toEqual([content]);
		expect(read('event: token\ndata: {"content":""}\n\n').texts).toEqual(['']);
	});

	it('of up to 512 units', () => {
		const event = (length: number) => `event: token\ndata: {"content":"${'x'.repeat(length)}"}\n\n`;
		expect(read(event(512)).texts).toEqual(['x'.repeat(512)]);
		expect(read(event(513))).toEqual({ next: 0, texts: [] });
	});
});

describe('left to the ordinary way is', () => {
	it.each([
		['another event', 'event: thinking\ndata: {"content":"a"}\n\n'],
		['an event whose name only begins so', 'event: tokens\ndata: {"content":"a"}\n\n'],
		['another event of the same length', 'event: other\r\ndata: {"content":"a"}\r\n\r\n'],
		['a text without its first quote', 'event: token\ndata: {"content":xa"}\n\n'],
		['another field', 'event: token\ndata: {"other":"a"}\n\n'],
		['a second field', 'event: token\ndata: {"content":"a","n":1}\n\n'],
		['a value that is no text', 'event: token\ndata: {"content":1}\n\n'],
		['two spaces before the value', 'event: token\ndata: {"content":  "a"}\n\n'],
		['an escape', 'event: token\ndata: {"content":"a\\n"}\n\n'],
		['a control character', 'event: token\ndata: {"content":"a\u0001"}\n\n'],
		['the last control character', 'event: token\ndata: {"content":"a\u001f"}\n\n'],
		['a line end in the text', 'event: token\ndata: {"content":"a\nb"}\n\n'],
		['one line end at the close', 'event: token\ndata: {"content":"a"}\n'],
		['mixed line ends', 'event: token\ndata: {"content":"a"}\r\n\r\n'],
		['a text without its end', 'event: token\ndata: {"content":"a'],
	])('%s', (_what, event) => {
		expect(read(event)).toEqual({ next: 0, texts: [] });
	});
});

it('a text that has not ended is left, also behind what looks like its end', () => {
	const before = '"}\n\n';
	const text = `${before}event: token\ndata: {"content":"a b`;
	expect(read(text, before.length)).toEqual({ next: before.length, texts: [] });
});

describe('a turn', () => {
	const newline = fc.constantFrom('\n', '\r\n', '\r');
	const content = fc.oneof(
		fc.string({ unit: 'grapheme', maxLength: 12 }),
		fc.constantFrom('"', '\\', '\n', '\u0000', '\u001f', '\ud800', 'x'.repeat(600)),
	);
	const event = fc
		.tuple(fc.constantFrom('token', 'thinking', 'token '), content, newline, fc.constantFrom(':', ': '))
		.map(([name, text, end, colon]) => {
			return `event: ${name}${end}data: {"content"${colon}${JSON.stringify(text)}}${end}${end}`;
		});
	const noise = fc.constantFrom(
		': keep-alive\n\n',
		'id: 5\n',
		'\n',
		'\r',
		'event: token\n',
		'event: token\ndata: {"content":"raw \u0001"}\n\n',
	);

	/** What a turn makes of a stream that is cut at these places. */
	function chunksOf(
		bytes: Uint8Array,
		places: readonly number[],
		{ byLines = false, tokens = true, limit = 2 ** 20 },
	) {
		const limits = { maxStreamEventBytes: limit, maxStreamTotalBytes: 2 ** 26 };
		// Raw events are read by their lines.
		const turn = new AgentTurn(limits, { includeRawEvents: byLines, tokens });
		const edges = [...new Set([0, ...places.map(place => place % (bytes.length + 1)), bytes.length])];
		edges.sort((a, b) => a - b);
		let failure: string | undefined;
		try {
			for (const [index, end] of edges.slice(1).entries()) turn.push(bytes.slice(edges[index], end));
		} catch (error) {
			failure = error instanceof Error ? error.message : 'thrown';
		}
		return { chunks: turn.takeChunks(), failure };
	}

	it('gives the same chunks with it as without it, however the bytes are cut and whatever the limit is', () => {
		const stream = fc.array(fc.oneof({ weight: 4, arbitrary: event }, noise), { maxLength: 12 });
		const limit = fc.oneof(fc.constant(2 ** 20), fc.integer({ min: 20, max: 2500 }));
		fc.assert(
			fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), limit, (events, places, most) => {
				const bytes = new TextEncoder().encode(events.join(''));
				expect(chunksOf(bytes, places, { limit: most })).toEqual(
					chunksOf(bytes, places, { limit: most, byLines: true }),
				);
			}),
			{ numRuns: 3000 },
		);
	});

	it('whose tokens nobody wants gives all but the plain ones, and the same failures', () => {
		const stream = fc.array(fc.oneof({ weight: 4, arbitrary: event }, noise), { maxLength: 12 });
		const limit = fc.oneof(fc.constant(2 ** 20), fc.integer({ min: 20, max: 2500 }));
		fc.assert(
			fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), limit, (events, places, most) => {
				const bytes = new TextEncoder().encode(events.join(''));
				const others = (chunks: readonly AgentChunk[]) => chunks.filter(({ type }) => type !== 'token');
				const wanted = chunksOf(bytes, places, { limit: most });
				const unwanted = chunksOf(bytes, places, { limit: most, tokens: false });
				expect(others(unwanted.chunks)).toEqual(others(wanted.chunks));
				expect(unwanted.failure).toBe(wanted.failure);
			}),
		);
	});

	it('gives no token that follows its end', () => {
		const turn = new AgentTurn(
			{ maxStreamEventBytes: 2 ** 20, maxStreamTotalBytes: 2 ** 26 },
			{ includeRawEvents: false, tokens: true },
		);
		turn.push(
			new TextEncoder().encode('event: done\ndata: {}\n\nevent: token\ndata: {"content":"late"}\n\n'),
		);
		expect(turn.takeChunks()).toEqual([{ type: 'done' }]);
	});

	it('hands over an event as soon as its last byte has come', () => {
		const limits = { maxStreamEventBytes: 2 ** 20, maxStreamTotalBytes: 2 ** 26 };
		const turn = new AgentTurn(limits, { includeRawEvents: false, tokens: true });
		const encode = (text: string) => new TextEncoder().encode(text);
		turn.push(encode('event: token\ndata: {"content":"plain"}\n\nevent: tok'));
		expect(turn.takeChunks()).toEqual([{ type: 'token', content: 'plain' }]);
		turn.push(encode('en\ndata: {"content":"with \\" an escape"}\n\n'));
		expect(turn.takeChunks()).toEqual([{ type: 'token', content: 'with " an escape' }]);
		turn.push(encode('event: token\r\ndata: {"content":"cut"}\r\n\r'));
		expect(turn.takeChunks()).toEqual([{ type: 'token', content: 'cut' }]);
	});
});
