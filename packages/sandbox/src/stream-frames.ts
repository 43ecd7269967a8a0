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

/** A turn as it goes over the connection, with what befalls that. What is known at once is one piece of text. */
export async function* streamFrames({
	turn,
	opening,
	events,
	requestId,
	generation,
	connection,
}: StreamedTurn): AsyncGenerator<string | typeof SILENCE> {
	const startedAt = performance.now();
	const framesOf = (...told: readonly StreamEvent[]) =>
		told.map(event => frameOf(generation, event) ?? '').join('');
	let hasTerminalEvent = true;
	yield framesOf(...opening);
	for await (const event of events) {
		if (event.type === 'end') {
			const metrics = metricsOf(turn, event, Math.round(performance.now() - startedAt));
			yield hasTerminalEvent ? framesOf(...metrics, endingOf(event, requestId)) : framesOf(...metrics);
		} else if (event.type !== 'connection') {
			yield framesOf(streamEventOf(event, turn.sessionId));
		} else if (event.fate === 'no-terminal-event') {
			hasTerminalEvent = false;
		} else {
			if (event.fate === 'stall') yield SILENCE;
			else await connection.breakOff(event.fate);
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
