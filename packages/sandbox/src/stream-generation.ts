import type { z } from 'zod';
import { jsonFrame, sseFrame } from './sse.ts';
import type { OlderStreamEvents, StreamEventData, StreamEventName } from './stream-schema.ts';

export const STREAM_GENERATIONS = ['2026-10', '2026-01'] as const;
/** How a stream spells its events, by the month from which it is known. */
export type StreamGeneration = (typeof STREAM_GENERATIONS)[number];

export type StreamEvent = {
	[Name in StreamEventName]: { readonly name: Name; readonly data: StreamEventData<Name> };
}[StreamEventName];

type OlderData<Name extends keyof typeof OlderStreamEvents> = z.infer<(typeof OlderStreamEvents)[Name]>;

/** The event as that generation sends it; `undefined` when it has no such event. */
export function frameOf(generation: StreamGeneration, event: StreamEvent): string | undefined {
	if (generation !== '2026-10') return olderFrame(event);
	// Most frames are tokens, and JSON of a text alone is made several times as fast as that of an object.
	if (event.name === 'token') return jsonFrame('token', `{"content":${JSON.stringify(event.data.content)}}`);
	return sseFrame(event.name, event.data);
}

function olderFrame({ name, data }: StreamEvent): string | undefined {
	switch (name) {
		case 'session':
		case 'token':
			return undefined;
		case 'error': {
			const { code, message, timed_out } = data.error;
			return olderError({ code, message, ...(timed_out !== undefined && { timed_out }) });
		}
		case 'metrics': {
			const { usage, model_config, ...rest } = data;
			const { input_tokens: prompt_tokens, output_tokens: completion_tokens, ...sums } = usage;
			const older: OlderData<'metrics'> = {
				usage: { prompt_tokens, completion_tokens, ...sums },
				model: model_config.model,
				...rest,
			};
			return sseFrame(name, older);
		}
		case 'done':
			if (data.outcome === 'COMPLETED') return 'data: [DONE]\n\n';
			// That generation's end names no outcome, and must not pass for a success.
			return olderError({ code: 'TURN_TIMEOUT', message: 'The turn ran out of time.', timed_out: true });
		default:
			return sseFrame(name, data);
	}
}

function olderError(data: OlderData<'error'>): string {
	return sseFrame('error', data);
}
