import {
	closingEvents,
	sampleText,
	type Tally,
	tallyOf,
	tokenEvent,
	type WireEvent,
	written,
} from './wire.ts';

/** A stream of the Zihin wire, cut in one way. */
export interface Scenario {
	readonly key: string;
	readonly what: string;
	readonly bytes: number;
	readonly tally: Tally;
	/** The JSON texts of the events, for the floors. */
	readonly payloads: readonly string[];
	/** The bytes as they arrive. @param eventName instead of each event's own name */
	chunks(eventName?: string): readonly Uint8Array[];
	/** The same as the body of an answer. */
	body(eventName?: string): ReadableStream<Uint8Array>;
}

/** @param scale 1 for the sizes of the README, less for a smoke run */
export function scenarios(scale: number): readonly Scenario[] {
	const count = (events: number) => Math.ceil(events * scale);
	const tokens = turn(count(55_000), 30);
	const fewer = turn(count(20_000), 30);
	const mixed = turn(count(20_000), 30, true);
	const large = turn(1, count(960_000));
	const quarter = turn(1, count(240_000));
	return [
		scenario('a', '73-byte token events in 16 KiB chunks', tokens, cutEvery(16_384)),
		scenario('b', 'one event per chunk', fewer, cutAfterEvents),
		scenario(
			'c',
			'CRLF, cut at random every 1 to 400 bytes, also inside a character',
			mixed,
			cutAtRandom,
			'\r\n',
		),
		scenario('cl', 'the same with LF', mixed, cutAtRandom),
		scenario('d64', 'one event of 1 MB in 64 KiB chunks', large, cutEvery(65_536)),
		scenario('d1', 'the same in 1 KiB chunks', large, cutEvery(1024)),
		scenario('e', 'byte at a time', turn(count(800), 30), cutEvery(1)),
		scenario('d1q', 'd1 with a quarter of the event', quarter, cutEvery(1024)),
	];
}

function turn(tokens: number, length: number, astral = false): readonly WireEvent[] {
	const pieces = Array.from({ length: tokens }, (_, i) => tokenEvent('zihin', sampleText(i, length, astral)));
	return [...pieces, ...closingEvents('zihin')];
}

type Cut = (events: readonly string[]) => readonly Uint8Array[];

function scenario(
	key: string,
	what: string,
	events: readonly WireEvent[],
	cut: Cut,
	lineEnd = '\n',
): Scenario {
	const made = new Map<string | undefined, readonly Uint8Array[]>();
	const chunks = (name?: string) => {
		const renamed = name === undefined ? events : events.map(event => ({ ...event, name }));
		const cached = made.get(name) ?? cut(renamed.map(event => written(event, lineEnd)));
		made.set(name, cached);
		return cached;
	};
	return {
		key,
		what,
		bytes: chunks().reduce((sum, chunk) => sum + chunk.byteLength, 0),
		tally: tallyOf(events),
		payloads: events.map(({ payload }) => payload),
		chunks,
		body: name => bodyOf(chunks(name)),
	};
}

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
	let next = 0;
	return new ReadableStream({
		pull: controller => {
			const chunk = chunks[next++];
			if (chunk === undefined) controller.close();
			else controller.enqueue(chunk);
		},
	});
}

const encoder = new TextEncoder();

function cutAfterEvents(events: readonly string[]): readonly Uint8Array[] {
	return events.map(event => encoder.encode(event));
}

function cutEvery(size: number): Cut {
	return events => cut(events, () => size);
}

function cutAtRandom(events: readonly string[]): readonly Uint8Array[] {
	// A linear congruential generator: the same cuts in every process.
	let state = 1;
	return cut(events, () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return 1 + (state % 400);
	});
}

function cut(events: readonly string[], nextSize: () => number): readonly Uint8Array[] {
	const all = encoder.encode(events.join(''));
	const chunks: Uint8Array[] = [];
	for (let start = 0; start < all.byteLength; ) {
		const end = Math.min(all.byteLength, start + nextSize());
		chunks.push(all.slice(start, end));
		start = end;
	}
	return chunks;
}
