import type { StreamEvent } from './stream-generation.ts';
import type { Turn, TurnEnd, TurnEvent } from './turn.ts';
import { wireUsage } from './usage.ts';

/** What the wire calls an event in the middle of a turn. */
export function streamEventOf(
	event: Exclude<TurnEvent, { type: 'end' | 'connection' }>,
	sessionId: string,
): StreamEvent {
	switch (event.type) {
		case 'phase':
			return { name: 'phase', data: { phase: event.phase } };
		case 'thinking':
			return { name: 'thinking', data: { thought: event.thought } };
		case 'warning':
			return { name: 'warning', data: { message: event.message } };
		case 'attachments':
			return { name: 'attachments', data: { processed: event.processed, errors: event.errors } };
		case 'token':
			return { name: 'token', data: { content: event.content } };
		case 'tool': {
			const { tool, callId, success, summary } = event;
			return { name: 'tool', data: { tool, call_id: callId, success, result_summary: summary } };
		}
		case 'response': {
			const { content, sources, gated } = event;
			const data = { content, session_id: sessionId, sources: [...sources] };
			return { name: 'response', data: gated ? { ...data, gated } : data };
		}
	}
}

/** What a turn is told to have spent; nothing when it has failed. */
export function metricsOf(
	turn: Turn,
	{ end, usage, model, iterations, reported }: TurnEnd,
	elapsedMs: number,
) {
	if (reported || end.status === 'failed' || end.status === 'cancelled') return [];
	const data = {
		usage: wireUsage(usage),
		model_config: { model },
		execution_id: turn.executionId,
		iterations,
		execution_time_ms: elapsedMs,
	};
	return [{ name: 'metrics', data }] satisfies StreamEvent[];
}

/** The terminal event. */
export function endingOf({ end, reported }: TurnEnd, requestId: string): StreamEvent {
	if (end.status === 'completed') return { name: 'done', data: { outcome: 'COMPLETED' } };
	if (end.status === 'timeout' && !reported) {
		return { name: 'done', data: { outcome: 'TIMEOUT', timed_out: true, timeout_clock: 'turn' } };
	}
	const error = { ...end.error, request_id: requestId };
	return {
		name: 'error',
		data: { error: end.status === 'timeout' ? { ...error, timed_out: true } : error },
	};
}
