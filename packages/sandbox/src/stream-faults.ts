import type { Emit, Engine, EngineEvent, EngineRequest } from './engine.ts';
import { type FaultName, RUN_FAULTS } from './faults/fault.ts';

/** What can befall a streamed turn of any agent, whatever its engine. */
export const STREAM_FAULTS = [
	'stall',
	'cut',
	'oversize-event',
	'no-terminal-event',
	...RUN_FAULTS,
] as const satisfies readonly FaultName[];
export type StreamFault = (typeof STREAM_FAULTS)[number];

/** One byte of content more than this, framing not counted, is more than a client has to take: 1 MiB. */
const OVERSIZE_BYTES = 2 ** 20 + 1;

/**
 * The engine, with the fault in every turn. A fault strikes after the first token, or before the answer of an
 * engine that sends none, so that a caller has seen the turn begin.
 */
export function withStreamFault(engine: Engine, fault: StreamFault): Engine {
	return { ...engine, run: (request, emit) => faultyRun(engine, fault, request, emit) };
}

async function faultyRun(
	engine: Engine,
	fault: StreamFault,
	request: EngineRequest,
	emit: Emit,
): Promise<void> {
	// A gate stands before the agent: its engine is never asked.
	if (fault === 'gated') {
		await emit(gatedResponse(''));
		return;
	}
	let struck = false;
	const strike = async (before: EngineEvent, after: EngineEvent) => {
		struck = true;
		await emit(before);
		await emit(after);
	};
	await engine.run(request, event => {
		if (!struck && event.type === 'response') return strike(faultEvent(fault), event);
		if (!struck && event.type === 'token') return strike(event, faultEvent(fault));
		return emit(event);
	});
}

function faultEvent(fault: Exclude<StreamFault, 'gated'>): EngineEvent {
	switch (fault) {
		case 'oversize-event':
			return oversizeEvent(OVERSIZE_BYTES);
		case 'timeout-outcome':
			return { type: 'timeout', message: 'The turn ran out of time.' };
		case 'error-event':
			return {
				type: 'error',
				code: 'ENGINE_ERROR',
				message: 'The model stopped answering.',
				timedOut: false,
			};
		default:
			return { type: 'connection', fate: fault };
	}
}

/** An event of both generations of the stream: the older one has no tokens. */
export function oversizeEvent(bytes: number): EngineEvent {
	return { type: 'thinking', thought: 'x'.repeat(bytes) };
}

/** Assumed: what a stream says in place of an agent that a gate keeps silent is not public. */
export function gatedResponse(content: string): EngineEvent {
	return { type: 'response', content, sources: [], usage: { inputTokens: 0, outputTokens: 0 }, gated: true };
}
