import { type Build, builds, loadClient } from './options.ts';
import type { Form, Tally } from './wire.ts';

/** Called for each event; awaited where it returns a promise. */
export type OnEvent = () => Promise<void> | undefined;

/** One way to call the server and read the whole turn. */
export interface CallClient {
	readonly name: string;
	readonly form: Form;
	readonly sees: 'every event' | 'the answer';
	load(origin: string): Promise<(onEvent: OnEvent) => Promise<Tally>>;
}

export const RAW = 'raw fetch + hand loop';

/** The contenders: what one writes by hand, then this client, then its peers. */
export function clients(): readonly CallClient[] {
	return [...BY_HAND, ...builds().flatMap(zihin), ...PEERS];
}

const PATH = '/api/v2/agents/a-1/stream';
const MESSAGE = 'What is the sales forecast?';
const HEADERS = {
	Accept: 'text/event-stream',
	'Content-Type': 'application/json',
	'X-Api-Key': 'zhn_test_bench',
};

function post(origin: string, signal?: AbortSignal): Promise<Response> {
	return fetch(origin + PATH, {
		method: 'POST',
		headers: HEADERS,
		body: JSON.stringify({ message: MESSAGE }),
		...(signal && { signal }),
	});
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
	if (!response.ok || response.body === null) throw new Error(`The server answered ${response.status}.`);
	return response.body;
}

async function readByHand(response: Response, onEvent: OnEvent): Promise<Tally> {
	const reader = bodyOf(response).getReader();
	const utf8 = new TextDecoder();
	let events = 0;
	let characters = 0;
	let buffer = '';
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return { events, characters };
		buffer += utf8.decode(value, { stream: true });
		let start = 0;
		for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n', start)) {
			const data = buffer.indexOf('data: ', start);
			characters += textLength(JSON.parse(buffer.slice(data + 6, end)));
			events += 1;
			start = end + 2;
			const pause = onEvent();
			if (pause !== undefined) await pause;
		}
		buffer = buffer.slice(start);
	}
}

/** The events of a call, by an iterator and not a generator: that would cost a hop more for each event. */
function eventsByHand(origin: string): AsyncIterable<unknown> & AsyncIterator<unknown, undefined> {
	const controller = new AbortController();
	const timer = setTimeout(() => controller.abort(), 120_000);
	const utf8 = new TextDecoder();
	let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
	let buffer = '';
	let waiting: unknown[] = [];
	let taken = 0;
	const pull = async (): Promise<IteratorResult<unknown, undefined>> => {
		reader ??= bodyOf(await post(origin, controller.signal)).getReader();
		for (;;) {
			const { done, value } = await reader.read();
			if (done) {
				clearTimeout(timer);
				return { done, value: undefined };
			}
			buffer += utf8.decode(value, { stream: true });
			waiting = [];
			taken = 0;
			let start = 0;
			for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n', start)) {
				const data = buffer.indexOf('data: ', start);
				waiting.push(JSON.parse(buffer.slice(data + 6, end)));
				start = end + 2;
			}
			buffer = buffer.slice(start);
			if (waiting.length > 0) return { done: false, value: waiting[taken++] };
		}
	};
	const iterator = {
		next: () =>
			taken < waiting.length ? Promise.resolve({ done: false as const, value: waiting[taken++] }) : pull(),
		[Symbol.asyncIterator]: () => iterator,
	};
	return iterator;
}

const BY_HAND: readonly CallClient[] = [
	{
		name: RAW,
		form: 'zihin',
		sees: 'every event',
		load: async origin => async onEvent => readByHand(await post(origin), onEvent),
	},
	// What the least care costs by itself: a call that can be given up.
	{
		name: 'raw fetch + hand loop + timeout',
		form: 'zihin',
		sees: 'every event',
		load: async origin => async onEvent => {
			const controller = new AbortController();
			const timer = setTimeout(() => controller.abort(), 120_000);
			try {
				return await readByHand(await post(origin, controller.signal), onEvent);
			} finally {
				clearTimeout(timer);
			}
		},
	},
	// What a loop over a stream costs by itself: without it the events would have to be handed over by callback.
	{
		name: 'raw fetch + timeout + for await',
		form: 'zihin',
		sees: 'every event',
		load: async origin => async onEvent => {
			let events = 0;
			let characters = 0;
			for await (const event of eventsByHand(origin)) {
				characters += textLength(event);
				events += 1;
				const pause = onEvent();
				if (pause !== undefined) await pause;
			}
			return { events, characters };
		},
	},
	{
		name: 'fetch + eventsource-parser',
		form: 'zihin',
		sees: 'every event',
		load: async origin => {
			const { createParser } = await import('eventsource-parser');
			return async onEvent => {
				const reader = bodyOf(await post(origin)).getReader();
				const utf8 = new TextDecoder();
				let events = 0;
				let characters = 0;
				let waiting: string[] = [];
				const parser = createParser({ onEvent: event => waiting.push(event.data) });
				for (;;) {
					const { done, value } = await reader.read();
					if (done) return { events, characters };
					parser.feed(utf8.decode(value, { stream: true }));
					for (const data of waiting) {
						characters += textLength(JSON.parse(data));
						events += 1;
						const pause = onEvent();
						if (pause !== undefined) await pause;
					}
					waiting = [];
				}
			};
		},
	},
];

function zihin(build: Build): readonly CallClient[] {
	const connect = async (origin: string) => {
		const { createClient } = await loadClient(build);
		return createClient({
			apiKey: 'zhn_test_bench',
			baseUrl: origin,
			allowCustomBaseUrl: true,
			allowHttp: true,
		});
	};
	return [
		{
			name: `${build.label}: streamAgent`,
			form: 'zihin',
			sees: 'every event',
			load: async origin => {
				const client = await connect(origin);
				return async onEvent => {
					let events = 0;
					let characters = 0;
					for await (const chunk of client.streamAgent({ agentId: 'a-1', message: MESSAGE })) {
						if (chunk.type === 'token' || chunk.type === 'response') characters += chunk.content.length;
						events += 1;
						const pause = onEvent();
						if (pause !== undefined) await pause;
					}
					return { events, characters };
				};
			},
		},
		{
			name: `${build.label}: invokeAgent`,
			form: 'zihin',
			sees: 'the answer',
			load: async origin => {
				const client = await connect(origin);
				return async onEvent => {
					const { content } = await client.invokeAgent({ agentId: 'a-1', message: MESSAGE });
					await onEvent();
					return { events: 1, characters: content.length };
				};
			},
		},
	];
}

const PEERS: readonly CallClient[] = [
	{
		name: 'eventsource-client',
		form: 'zihin',
		sees: 'every event',
		load: async origin => {
			const { createEventSource } = await import('eventsource-client');
			return async onEvent => {
				let events = 0;
				let characters = 0;
				const ended = Promise.withResolvers<void>();
				const source = createEventSource({
					url: origin + PATH,
					method: 'POST',
					headers: HEADERS,
					body: JSON.stringify({ message: MESSAGE }),
					onDisconnect: () => ended.resolve(),
				});
				for await (const event of source) {
					characters += textLength(JSON.parse(event.data));
					events += 1;
					const pause = onEvent();
					if (pause !== undefined) await pause;
					if (event.event === 'done') break;
				}
				// Closed before the body's end it would lose the connection; later it would call again.
				await ended.promise;
				source.close();
				return { events, characters };
			};
		},
	},
	{
		name: '@anthropic-ai/sdk',
		form: 'anthropic',
		sees: 'every event',
		load: async origin => {
			const { default: Anthropic } = await import('@anthropic-ai/sdk');
			const client = new Anthropic({ apiKey: 'bench', baseURL: origin });
			return async onEvent => {
				let events = 0;
				let characters = 0;
				const stream = await client.messages.create({
					model: 'm-1',
					max_tokens: 64,
					messages: [{ role: 'user', content: MESSAGE }],
					stream: true,
				});
				for await (const event of stream) {
					if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
						characters += event.delta.text.length;
					}
					events += 1;
					const pause = onEvent();
					if (pause !== undefined) await pause;
				}
				return { events, characters };
			};
		},
	},
	{
		name: 'openai',
		form: 'openai',
		sees: 'every event',
		load: async origin => {
			const { default: OpenAI } = await import('openai');
			const client = new OpenAI({ apiKey: 'bench', baseURL: origin });
			return async onEvent => {
				let events = 0;
				let characters = 0;
				const stream = await client.chat.completions.create({
					model: 'm-1',
					messages: [{ role: 'user', content: MESSAGE }],
					stream: true,
				});
				for await (const chunk of stream) {
					characters += chunk.choices[0]?.delta.content?.length ?? 0;
					events += 1;
					const pause = onEvent();
					if (pause !== undefined) await pause;
				}
				return { events, characters };
			};
		},
	},
	{
		name: '@ai-sdk/provider-utils',
		form: 'zihin',
		sees: 'every event',
		load: async origin => {
			const { createEventSourceResponseHandler, createJsonErrorResponseHandler, jsonSchema, postJsonToApi } =
				await import('@ai-sdk/provider-utils');
			const schema = jsonSchema<unknown>({});
			const successfulResponseHandler = createEventSourceResponseHandler(schema);
			const failedResponseHandler = createJsonErrorResponseHandler({
				errorSchema: schema,
				errorToMessage: error => String(error),
			});
			return async onEvent => {
				let events = 0;
				let characters = 0;
				const { value } = await postJsonToApi({
					url: origin + PATH,
					headers: HEADERS,
					body: { message: MESSAGE },
					failedResponseHandler,
					successfulResponseHandler,
				});
				for await (const event of value) {
					if (!event.success) throw event.error;
					characters += textLength(event.value);
					events += 1;
					const pause = onEvent();
					if (pause !== undefined) await pause;
				}
				return { events, characters };
			};
		},
	},
	{
		name: 'ky + parse-sse',
		form: 'zihin',
		sees: 'every event',
		load: async origin => {
			const [{ default: ky }, { parseServerSentEvents }] = await Promise.all([
				import('ky'),
				import('parse-sse'),
			]);
			return async onEvent => {
				let events = 0;
				let characters = 0;
				const response = await ky.post(origin + PATH, { headers: HEADERS, json: { message: MESSAGE } });
				for await (const event of parseServerSentEvents(response)) {
					characters += textLength(JSON.parse(event.data));
					events += 1;
					const pause = onEvent();
					if (pause !== undefined) await pause;
				}
				return { events, characters };
			};
		},
	},
];

function textLength(event: unknown): number {
	if (typeof event !== 'object' || event === null || !('content' in event)) return 0;
	return typeof event.content === 'string' ? event.content.length : 0;
}
