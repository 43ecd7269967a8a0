import { type Execution, ZihinAgentError } from '../core.ts';
import { executionFields } from '../execution-record.ts';
import { deepFreeze, isRecord, type JsonRecord, present, readRecord, readText } from '../wire.ts';
import { type HeadersLike, headerValues } from './fields.ts';
import type { Bytes } from './signature.ts';

/**
 * What a callback says. It is a hint, not an answer: the platform's body is not documented, and can be changed
 * by whoever may edit the trigger. Read the run by the ids that you stored.
 */
export interface CallbackPayload extends Partial<Omit<Execution, 'createdAt' | 'durationMs'>> {
	/** Such as `execution.completed`. */
	readonly event?: string;
	/** The `webhook-id`: the same over all attempts to deliver one callback. */
	readonly deliveryId?: string;
	/** The whole body as it came. */
	readonly body: JsonRecord;
}

/** Read only after the callback was found to be true. */
export function readPayload(bytes: Bytes, headers: HeadersLike): CallbackPayload {
	const body = parse(bytes);
	const data = readRecord(body, 'data') ?? body;
	// An `id` at this place may be the event's.
	const { id: _id, ...run } = data;
	return deepFreeze({
		...executionFields(run),
		...present({
			event: readText(body, 'event', 'type'),
			deliveryId: headerValues(headers, 'webhook-id')[0],
		}),
		body,
	});
}

function parse(bytes: Bytes): JsonRecord {
	try {
		const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
		if (isRecord(body)) return body;
	} catch {
		// Said below, without the body: it may hold what must not stand in a log.
	}
	throw new ZihinAgentError({
		kind: 'protocol',
		message: 'The callback is true, but its body is no JSON object.',
	});
}
