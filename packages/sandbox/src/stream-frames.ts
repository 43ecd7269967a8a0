import { once } from 'node:events';
import { SILENCE } from './sse.ts';
import type { StreamConnection } from './stream-connection.ts';
import { endingOf, metricsOf, streamEventOf } from './stream-events.ts';
import { frameOf, type StreamEvent, type StreamGeneration } from './stream-generation.ts';
import type { Turn, TurnEvent } from './turn.ts';

export interface StreamedTurn {
	readonly turn: Turn;
	readonly opening: readonly StreamEvent[];
	readonly events: AsyncGenerator<TurnEvent>;
	readonly requestId: string;
	readonly generation: StreamGeneration;
	readonly connection: StreamConnection;
}

/** A turn as it goes over the connection, with what befalls that. */
export async function* streamFrames(streamed: StreamedTurn): AsyncGenerator<string | typeof SILENCE> {
	for await (const event of streamEvents(streamed)) {
		if (event === SILENCE) yield SILENCE;
		else {
			const frame = frameOf(streamed.generation, event);
			if (frame !== undefined) yield frame;
		}
	}
}

async function* streamEvents({
	turn,
	opening,
	events,
	requestId,
	connection,
}: StreamedTurn): AsyncGenerator<StreamEvent | typeof SILENCE> {
	const startedAt = performance.now();
	let hasTerminalEvent = true;
	yield* opening;
	for await (const event of events) {
		if (event.type === 'end') {
			yield* metricsOf(turn, event, Math.round(performance.now() - startedAt));
			if (hasTerminalEvent) yield endingOf(event, requestId);
		} else if (event.type !== 'connection') {
			yield streamEventOf(event, turn.sessionId);
		} else if (event.fate === 'no-terminal-event') {
			hasTerminalEvent = false;
		} else if (event.fate === 'stall') {
			yield SILENCE;
			await untilLeft(turn);
		} else {
			await connection.breakOff(event.fate);
			await untilLeft(turn);
		}
	}
}

async function untilLeft({ caller, stopping }: Turn): Promise<void> {
	const left = [caller, stopping].filter(signal => signal !== undefined);
	if (left.some(signal => signal.aborted)) return;
	const waiting = new AbortController();
	await Promise.race(left.map(signal => once(signal, 'abort', { signal: waiting.signal })));
	waiting.abort();
}
