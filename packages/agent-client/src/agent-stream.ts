import type { Call, CallOptions, CallRunner } from './call.ts';
import type { AgentChunk, AgentResult } from './chunks.ts';
import { ZihinAgentError } from './errors.ts';
import { encodeEvent } from './sse-encode.ts';
import type { Transport } from './transport.ts';
import type { TurnReader } from './turn-reader.ts';

/** A turn as it happens, for one reader. Nothing is sent before the first chunk is asked for. */
export interface AgentStream extends AsyncIterableIterator<AgentChunk, undefined, undefined> {
	/** Leaves the stream: the connection is closed, which cancels the turn on the platform. */
	return(): Promise<IteratorResult<AgentChunk, undefined>>;
	/**
	 * Reads what is left and gives what `invokeAgent` would have given.
	 * @throws {ZihinAgentError} what made the turn fail; kind `aborted` when the stream was left before its end
	 */
	finalResult(): Promise<AgentResult>;
	/**
	 * What is left as the body of a `text/event-stream` answer: an event for each chunk, named by its `type`,
	 * its data the chunk as JSON. A failure ends it with an event `error` that holds `kind`, `message`, `code`
	 * and `requestId`. Cancelling it leaves the stream.
	 */
	toReadableStream(): ReadableStream<Uint8Array>;
	/** As `return`, for `await using`. */
	[Symbol.asyncDispose](): Promise<void>;
}

type Outcome = { readonly result: AgentResult } | { readonly error: ZihinAgentError };

const END = { done: true, value: undefined } as const;

/**
 * Makes the stream of a turn. The events of a chunk of bytes wait in a list, so that reading costs one
 * asynchronous hop for each chunk of bytes and none for each event.
 */
export function createAgentStream(
	calls: CallRunner,
	options: CallOptions,
	open: (transport: Transport) => Promise<TurnReader>,
): AgentStream {
	let chunks: readonly AgentChunk[] = [];
	let taken = 0;
	let call: Call | undefined;
	let turn: TurnReader | undefined;
	let outcome: Outcome | undefined;
	let failureTold = false;
	let pulling = false;
	const waiting: (() => void)[] = [];

	function finish(ended: Outcome): void {
		outcome ??= ended;
		call?.end();
	}

	/** One call at a time reads; others that ask meanwhile wait for it. It rejects with the turn's failure, once. */
	async function nextAfterPull(): Promise<IteratorResult<AgentChunk, undefined>> {
		for (;;) {
			const chunk = chunks[taken];
			if (chunk !== undefined) {
				taken += 1;
				return { done: false, value: chunk };
			}
			if (outcome !== undefined) {
				if ('result' in outcome || failureTold) return END;
				failureTold = true;
				throw outcome.error;
			}
			if (pulling) {
				await new Promise<void>(resolve => waiting.push(resolve));
				continue;
			}
			pulling = true;
			try {
				call ??= calls.begin(options);
				turn ??= await open(call.transport);
				const more = turn.accept(await turn.read());
				chunks = turn.takeChunks();
				taken = 0;
				if (!more) finish({ result: turn.result() });
			} catch (cause) {
				const failure = turn === undefined ? cause : turn.fail(cause);
				if (outcome === undefined) {
					chunks = turn?.takeChunks() ?? [];
					taken = 0;
					finish({ error: calls.fail(failure) });
				}
			}
			pulling = false;
			while (waiting.length > 0) waiting.shift()?.();
		}
	}

	function next(): Promise<IteratorResult<AgentChunk, undefined>> {
		const chunk = chunks[taken];
		if (chunk === undefined) return nextAfterPull();
		taken += 1;
		return Promise.resolve({ done: false, value: chunk });
	}

	async function leave(): Promise<IteratorResult<AgentChunk, undefined>> {
		chunks = [];
		failureTold = true;
		if (outcome === undefined) {
			turn?.close();
			finish({ error: leftEarly() });
		}
		return END;
	}

	const stream: AgentStream = {
		next,
		return: leave,
		[Symbol.asyncIterator]: () => stream,
		[Symbol.asyncDispose]: async () => {
			await leave();
		},
		finalResult: async () => {
			while (outcome === undefined) {
				chunks = [];
				await nextAfterPull().catch(() => {});
			}
			if ('error' in outcome) throw outcome.error;
			return outcome.result;
		},
		toReadableStream: () =>
			new ReadableStream(
				{
					pull: async controller => {
						const { done, value } = await next().catch(() => END);
						if (!done) {
							controller.enqueue(encodeEvent(value.type, value));
							return;
						}
						if (outcome !== undefined && 'error' in outcome) {
							const { kind, message, code, requestId } = outcome.error;
							controller.enqueue(encodeEvent('error', { kind, message, code, requestId }));
						}
						controller.close();
					},
					cancel: async () => {
						await leave();
					},
				},
				// Nothing is read ahead: the turn begins when its first chunk is read.
				{ highWaterMark: 0 },
			),
	};
	return stream;
}

function leftEarly(): ZihinAgentError {
	return new ZihinAgentError({
		kind: 'aborted',
		message: 'The stream was left before its end, which cancelled the turn.',
		effect: 'unknown',
	});
}
