import { once } from 'node:events';
import type { FrameSink } from './sse.ts';
import type { StreamConnection } from './stream-connection.ts';
import { endingOf, metricsOf, streamEventOf } from './stream-events.ts';
import { frameOf, type StreamEvent, type StreamGeneration } from './stream-generation.ts';
import type { Tell, Turn } from './turn.ts';

export interface StreamedTurn {
	readonly turn: Turn;
	readonly opening: readonly StreamEvent[];
	readonly requestId: string;
	readonly generation: StreamGeneration;
	readonly connection: StreamConnection;
}

/** Tells of a turn over a connection, and does to that what befalls it. The opening is told at once. */
export function tellInFrames(
	{ turn, opening, requestId, generation, connection }: StreamedTurn,
	sink: FrameSink,
): Tell {
	const startedAt = performance.now();
	const write = (...events: readonly StreamEvent[]) =>
		// What is known at once is one piece of text.
		sink.write(events.map(event => frameOf(generation, event) ?? '').join(''));
	const interrupt = async (fate: 'stall' | 'cut' | 'reset') => {
		if (fate === 'stall') sink.silence();
		else await connection.breakOff(fate);
		await untilLeft(turn);
	};
	let hasTerminalEvent = true;
	// Far less than a connection takes.
	void write(...opening);

	return event => {
		if (event.type === 'end') {
			const metrics = metricsOf(turn, event, Math.round(performance.now() - startedAt));
			return hasTerminalEvent ? write(...metrics, endingOf(event, requestId)) : write(...metrics);
		}
		if (event.type !== 'connection') {
			return sink.write(frameOf(generation, streamEventOf(event, turn.sessionId)) ?? '');
		}
		if (event.fate !== 'no-terminal-event') return interrupt(event.fate);
		hasTerminalEvent = false;
		return undefined;
	};
}

async function untilLeft({ caller, stopping }: Turn): Promise<void> {
	const left = [caller, stopping].filter(signal => signal !== undefined);
	if (left.some(signal => signal.aborted)) return;
	const waiting = new AbortController();
	await Promise.race(left.map(signal => once(signal, 'abort', { signal: waiting.signal })));
	waiting.abort();
}
