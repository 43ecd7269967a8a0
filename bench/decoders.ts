import type { AgentChunk } from '../packages/agent-client/dist/index.js';
import { type Build, builds, loadClient } from './options.ts';
import type { Scenario } from './scenarios.ts';
import { ANSWER_CHARACTERS, type Tally } from './wire.ts';

/** One way from the bytes of a scenario to its events. */
export interface Decoder {
	readonly name: string;
	/** Loads what it needs; only then does the clock run. */
	load(): Promise<(scenario: Scenario) => Promise<Tally>>;
	/** What it must have seen. A buffered call hands over the answer alone. */
	readonly sees: 'every event' | 'the answer';
}

/** The contenders: floors first, then this client, then its peers. */
export function decoders(): readonly Decoder[] {
	return [...FLOORS, ...PARSERS, ZIHIN_DECODER, ...builds().flatMap(zihin), ...PEERS];
}

export function expected(decoder: Decoder, scenario: Scenario): Tally {
	return decoder.sees === 'every event' ? scenario.tally : { events: 1, characters: ANSWER_CHARACTERS };
}

export const FLOOR = 'floor: TextDecoder + JSON.parse, no framing';
export const BAR = 'eventsource-parser, callbacks';

const FLOORS: readonly Decoder[] = [
	{
		name: FLOOR,
		sees: 'every event',
		load: async () => async scenario => {
			const utf8 = new TextDecoder();
			const tally = new Counter();
			for (const chunk of scenario.chunks()) utf8.decode(chunk, { stream: true });
			for (const payload of scenario.payloads) tally.payload(payload);
			return tally;
		},
	},
	{
		name: 'floor + read() + for await',
		sees: 'every event',
		load: async () => async scenario => {
			const tally = new Counter();
			for await (const event of unframed(scenario)) tally.event(event);
			return tally;
		},
	},
];

/** Hands out the prepared payloads at the pace of the chunks: what any event-by-event iterable has to do. */
async function* unframed(scenario: Scenario): AsyncGenerator<unknown, void, undefined> {
	const utf8 = new TextDecoder();
	const reader = scenario.body().getReader();
	const { payloads } = scenario;
	const perByte = payloads.length / scenario.bytes;
	let bytes = 0;
	let next = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) break;
		utf8.decode(value, { stream: true });
		bytes += value.byteLength;
		const due = Math.floor(bytes * perByte);
		for (; next < due; next++) yield JSON.parse(payloads[next] ?? '');
	}
	for (; next < payloads.length; next++) yield JSON.parse(payloads[next] ?? '');
}

const PARSERS: readonly Decoder[] = [
	{
		name: BAR,
		sees: 'every event',
		load: async () => {
			const { createParser } = await import('eventsource-parser');
			return async scenario => {
				const tally = new Counter();
				const utf8 = new TextDecoder();
				const parser = createParser({ onEvent: event => tally.payload(event.data) });
				const reader = scenario.body().getReader();
				for (;;) {
					const { done, value } = await reader.read();
					if (done) return tally;
					parser.feed(utf8.decode(value, { stream: true }));
				}
			};
		},
	},
	{
		name: 'eventsource-parser, for await',
		sees: 'every event',
		load: async () => {
			const { createParser } = await import('eventsource-parser');
			async function* events(scenario: Scenario): AsyncGenerator<unknown, void, undefined> {
				const utf8 = new TextDecoder();
				let waiting: unknown[] = [];
				const parser = createParser({ onEvent: event => waiting.push(JSON.parse(event.data)) });
				const reader = scenario.body().getReader();
				for (;;) {
					const { done, value } = await reader.read();
					if (done) return;
					parser.feed(utf8.decode(value, { stream: true }));
					const due = waiting;
					waiting = [];
					for (const event of due) yield event;
				}
			}
			return async scenario => {
				const tally = new Counter();
				for await (const event of events(scenario)) tally.event(event);
				return tally;
			};
		},
	},
];

/** The decoder inside the client, from its source: a build does not export it. */
const ZIHIN_DECODER: Decoder = {
	name: 'zihin: SseDecoder, callbacks',
	sees: 'every event',
	load: async () => {
		const { SseDecoder } = await import('../packages/agent-client/src/sse.ts');
		const { EventText } = await import('../packages/agent-client/src/event-text.ts');
		return async scenario => {
			const tally = new Counter();
			const decoder = new SseDecoder(
				event => tally.payload(event.data),
				2 ** 26,
				() => {
					throw new Error('The event is too large.');
				},
			);
			const text = new EventText((more, bytes) => decoder.push(more, bytes));
			const reader = scenario.body().getReader();
			for (;;) {
				const { done, value } = await reader.read();
				if (done) return tally;
				text.push(value, false);
			}
		};
	},
};

function zihin(build: Build): readonly Decoder[] {
	return [
		{
			name: `${build.label}: streamAgent, for await`,
			sees: 'every event',
			load: async () => {
				const call = await offline(build);
				return async scenario => {
					const tally = new Counter();
					for await (const chunk of call(scenario).streamAgent(TURN)) tally.chunk(chunk);
					return tally;
				};
			},
		},
		{
			name: `${build.label}: invokeAgent, buffered`,
			sees: 'the answer',
			load: async () => {
				const call = await offline(build);
				return async scenario => {
					const { content } = await call(scenario).invokeAgent(TURN);
					return { events: 1, characters: content.length };
				};
			},
		},
	];
}

const TURN = { agentId: 'a-1', message: 'What is the sales forecast?' };

/** A client whose fetch answers with the chunks of a scenario. It is made once, as one makes a client. */
async function offline(build: Build) {
	const { createClient } = await loadClient(build);
	let body: ReadableStream<Uint8Array> | null = null;
	const client = createClient({
		apiKey: 'zhn_test_bench',
		fetch: async () => ({ status: 200, headers: EVENT_STREAM, body }),
	});
	return (scenario: Scenario) => {
		body = scenario.body();
		return client;
	};
}

const EVENT_STREAM = new Headers({ 'Content-Type': 'text/event-stream' });

const PEERS: readonly Decoder[] = [
	{
		name: '@anthropic-ai/sdk',
		sees: 'every event',
		load: async () => {
			const { Stream } = await import('@anthropic-ai/sdk/core/streaming');
			return async scenario => {
				const tally = new Counter();
				// It drops events whose names it does not know.
				const response = new Response(scenario.body('completion'));
				for await (const event of Stream.fromSSEResponse<unknown>(response, new AbortController())) {
					tally.event(event);
				}
				return tally;
			};
		},
	},
	{
		name: 'openai',
		sees: 'every event',
		load: async () => {
			const { Stream } = await import('openai/core/streaming');
			return async scenario => {
				const tally = new Counter();
				const response = new Response(scenario.body());
				for await (const event of Stream.fromSSEResponse<unknown>(response, new AbortController())) {
					tally.event(event);
				}
				return tally;
			};
		},
	},
	{
		name: '@ai-sdk/provider-utils',
		sees: 'every event',
		load: async () => {
			const { jsonSchema, parseJsonEventStream } = await import('@ai-sdk/provider-utils');
			const schema = jsonSchema<unknown>({});
			return async scenario => {
				const tally = new Counter();
				for await (const event of parseJsonEventStream({ stream: scenario.body(), schema })) {
					if (!event.success) throw event.error;
					tally.event(event.value);
				}
				return tally;
			};
		},
	},
	{
		name: 'ky + parse-sse',
		sees: 'every event',
		load: async () => {
			const { parseServerSentEvents } = await import('parse-sse');
			return async scenario => {
				const tally = new Counter();
				for await (const event of parseServerSentEvents(new Response(scenario.body()))) {
					tally.payload(event.data);
				}
				return tally;
			};
		},
	},
];

/** Counts events and the units of their texts. */
class Counter implements Tally {
	events = 0;
	characters = 0;

	payload(data: string): void {
		this.event(JSON.parse(data));
	}

	event(event: unknown): void {
		this.events += 1;
		if (typeof event === 'object' && event !== null && 'content' in event) {
			if (typeof event.content === 'string') this.characters += event.content.length;
		}
	}

	chunk(chunk: AgentChunk): void {
		this.events += 1;
		if (chunk.type === 'token' || chunk.type === 'response') this.characters += chunk.content.length;
	}
}
