import type { AgentChunk, AgentResult, RawEvent } from './chunks.ts';
import { protocolError, ZihinAgentError } from './errors.ts';
import { EventText } from './event-text.ts';
import { type ServerSentEvent, SseDecoder } from './sse.ts';
import { tokenEvent } from './token-event.ts';
import {
	deepFreeze,
	isRecord,
	type JsonRecord,
	present,
	readBoolean,
	readList,
	readNumber,
	readRecord,
	readText,
	readUsage,
	readWireError,
} from './wire.ts';

/** How much a stream may hold. */
export interface StreamLimits {
	readonly maxStreamEventBytes: number;
	readonly maxStreamTotalBytes: number;
}

/** What is wanted of a turn beside its result. */
export interface TurnOptions {
	readonly includeRawEvents: boolean;
	/** Whether the chunks of tokens are. Where not, most are read past: the response has their text. */
	readonly tokens: boolean;
}

/**
 * One agent turn: bytes of its stream go in, chunks come out, and at the end the result. An answer counts only
 * when a `response` and then a terminal event (`done`, or the older `[DONE]`) came: a proxy that cuts a body
 * short can make it look complete.
 */
export class AgentTurn {
	readonly #text: EventText;
	readonly #sse: SseDecoder;
	readonly #limits: StreamLimits;
	readonly #rawEvents: RawEvent[] | undefined;
	#chunks: AgentChunk[] = [];
	#totalBytes = 0;
	#finished = false;
	#requestId: string | undefined;
	#metadataSession: string | undefined;
	#mintedSession: string | undefined;
	#response: Extract<AgentChunk, { type: 'response' }> | undefined;
	#metrics: Extract<AgentChunk, { type: 'metrics' }> | undefined;

	constructor(limits: StreamLimits, { includeRawEvents, tokens }: TurnOptions) {
		this.#limits = limits;
		this.#rawEvents = includeRawEvents ? [] : undefined;
		const onEvent = (event: ServerSentEvent) => this.#accept(event);
		const onOversize = () => {
			throw this.#protocol(
				`One event of the stream is larger than ${limits.maxStreamEventBytes} bytes (maxStreamEventBytes).`,
			);
		};
		const onToken = (content: string) => {
			if (!this.#finished) this.#chunks.push({ type: 'token', content });
		};
		this.#sse = new SseDecoder(
			onEvent,
			limits.maxStreamEventBytes,
			onOversize,
			includeRawEvents ? undefined : tokenEvent(tokens ? onToken : undefined),
		);
		this.#text = new EventText((text, size) => this.#sse.push(text, size));
	}

	/** Whether the terminal event has come. What follows it is not read. */
	get finished(): boolean {
		return this.#finished;
	}

	/** Takes the next bytes. Where it throws, the chunks before the fault still wait in {@link takeChunks}. */
	push(bytes: Uint8Array): void {
		this.#totalBytes += bytes.byteLength;
		if (this.#totalBytes > this.#limits.maxStreamTotalBytes) {
			throw this.#protocol(
				`The stream is larger than ${this.#limits.maxStreamTotalBytes} bytes (maxStreamTotalBytes).`,
			);
		}
		this.#text.push(bytes, this.#sse.unfinishedBytes > LONG_EVENT_BYTES);
		// Only the decoder of events knows what counts.
		if (this.#text.waiting + this.#sse.unfinishedBytes > this.#limits.maxStreamEventBytes) this.#text.flush();
	}

	/** The chunks since the last call, in order. */
	takeChunks(): readonly AgentChunk[] {
		const chunks = this.#chunks;
		this.#chunks = [];
		return chunks;
	}

	/**
	 * The result, once the stream has ended.
	 * @param sentSessionId the session that the caller continued
	 * @throws {ZihinAgentError} kind `protocol` when the terminal event or the response is missing
	 */
	result(sentSessionId: string | undefined): AgentResult {
		if (!this.#finished) {
			throw this.#protocol('The stream ended before the agent had finished. The answer is incomplete.');
		}
		if (this.#response === undefined) throw this.#protocol('The agent finished without a response.');
		return deepFreeze({
			content: this.#response.content,
			...present({
				sessionId: this.#sessionId() ?? sentSessionId,
				model: this.#metrics?.model,
				usage: this.#metrics?.usage,
				sources: this.#response.sources,
				executionId: this.#metrics?.executionId,
				rawEvents: this.#rawEvents,
			}),
		});
	}

	#sessionId(): string | undefined {
		return this.#mintedSession ?? this.#response?.sessionId ?? this.#metadataSession;
	}

	#protocol(message: string): ZihinAgentError {
		return protocolError(message, { requestId: this.#requestId, sessionId: this.#sessionId() });
	}

	#accept({ event, data }: ServerSentEvent): void {
		if (this.#finished) return;
		if (event === 'message' && data === '[DONE]') {
			this.#rawEvents?.push({ event, data });
			this.#finished = true;
			this.#chunks.push({ type: 'done' });
			return;
		}
		const json = parseJson(data);
		const parsed = json === undefined ? data : json;
		this.#rawEvents?.push({ event, data: parsed });
		if (!KNOWN_EVENTS.has(event)) {
			this.#chunks.push({ type: 'unknown', event, data: parsed });
			return;
		}
		if (!isRecord(json)) throw this.#protocol(`The event "${event}" does not hold a JSON object.`);
		if (event === 'error') throw this.#agentError(json);
		this.#chunks.push(this.#known(event, json));
	}

	#known(event: string, json: JsonRecord): AgentChunk {
		switch (event) {
			case 'metadata': {
				this.#requestId = readText(json, 'request_id') ?? this.#requestId;
				this.#metadataSession = readText(json, 'session_id') ?? this.#metadataSession;
				const agentId = readText(json, 'agent_id');
				return {
					type: 'metadata',
					...present({ requestId: this.#requestId, agentId, sessionId: this.#metadataSession }),
				};
			}
			case 'session':
				this.#mintedSession = readText(json, 'session_id') ?? this.#mintedSession;
				return { type: 'session', ...present({ sessionId: this.#mintedSession }) };
			case 'status':
				return {
					type: 'status',
					...present({ phase: readText(json, 'phase'), timestamp: readText(json, 'timestamp') }),
				};
			case 'phase':
				return { type: 'phase', ...present({ phase: readText(json, 'phase') }) };
			case 'attachments':
				return { type: 'attachments', ...present({ processed: json.processed, errors: json.errors }) };
			case 'thinking':
				return { type: 'thinking', thought: readText(json, 'thought') ?? '' };
			case 'tool':
				return {
					type: 'tool',
					tool: readText(json, 'tool') ?? '',
					...present({
						callId: readText(json, 'call_id'),
						success: readBoolean(json, 'success'),
						resultSummary: readText(json, 'result_summary'),
					}),
				};
			case 'token':
				return { type: 'token', content: readText(json, 'content') ?? '' };
			case 'response':
				return this.#acceptResponse(json);
			case 'metrics':
				this.#metrics = {
					type: 'metrics',
					...present({
						usage: readUsage(readRecord(json, 'usage')),
						model: readText(readRecord(json, 'model_config') ?? {}, 'model') ?? readText(json, 'model'),
						executionId: readText(json, 'execution_id'),
						iterations: readNumber(json, 'iterations'),
						executionTimeMs: readNumber(json, 'execution_time_ms'),
					}),
				};
				return this.#metrics;
			case 'warning':
				return { type: 'warning', message: readText(json, 'message') ?? '' };
			default:
				return this.#acceptDone(json);
		}
	}

	#acceptResponse(json: JsonRecord): AgentChunk {
		const content = readText(json, 'content');
		if (content === undefined) throw this.#protocol('The response event holds no content.');
		this.#response = {
			type: 'response',
			content,
			...present({ sessionId: readText(json, 'session_id'), sources: readList(json, 'sources') }),
		};
		return this.#response;
	}

	#acceptDone(json: JsonRecord): AgentChunk {
		const outcome = readText(json, 'outcome');
		// Also after a response: that response then holds the text of the failure.
		if (outcome === 'TIMEOUT' || readBoolean(json, 'timed_out') === true) {
			throw new ZihinAgentError({
				kind: 'timeout',
				message: 'The agent did not finish its turn within the time that the platform gives it.',
				code: 'TURN_TIMEOUT',
				effect: 'unknown',
				requestId: this.#requestId,
				executionId: this.#metrics?.executionId,
				sessionId: this.#sessionId(),
			});
		}
		this.#finished = true;
		return { type: 'done', ...present({ outcome }) };
	}

	#agentError(json: JsonRecord): ZihinAgentError {
		const said = readWireError(json);
		const timedOut = said.timedOut || said.code === 'TIMEOUT' || said.code === 'TURN_TIMEOUT';
		return new ZihinAgentError({
			kind: timedOut ? 'timeout' : 'server',
			message: `The agent failed: ${said.message ?? said.code ?? 'no reason was given'}`,
			code: said.code,
			effect: 'unknown',
			requestId: said.requestId ?? this.#requestId,
			traceId: said.traceId,
			executionId: said.executionId ?? this.#metrics?.executionId,
			sessionId: said.sessionId ?? this.#sessionId(),
		});
	}
}

/** From here on an event is taken piece by piece, whatever it may be cut into. */
const LONG_EVENT_BYTES = 512;

const KNOWN_EVENTS = new Set([
	'metadata',
	'status',
	'session',
	'attachments',
	'phase',
	'thinking',
	'tool',
	'token',
	'response',
	'metrics',
	'warning',
	'error',
	'done',
]);

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
