import { randomBytes, randomUUID } from 'node:crypto';
import { callbackBody } from './callback-body.ts';
import type { OutgoingCallback } from './callback-outbox.ts';
import { signatureHeaders } from './callback-signature.ts';
import type { RecordedExecution } from './executions.ts';

/** One request to a receiver, before it is sent. */
export interface CallbackMessage {
	readonly url: URL;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/**
 * The id stays over all attempts, so that a receiver can tell a repetition; time and signature do not. Unsigned, the
 * message has no headers of its own at all, because the platform documents none.
 */
export function callbackMessage(callback: OutgoingCallback, body: string, signed: boolean): CallbackMessage {
	const url = new URL(callback.url);
	if (!signed) return { url, headers: {}, body };
	const headers = {
		...signatureHeaders(callback.secret, `msg_${callback.executionId}`, seconds(), body),
		'X-Zihin-Execution-Id': callback.executionId,
		'X-Zihin-Attempt': String(callback.attempts + 1),
	};
	return { url, headers, body };
}

/** What somebody sends who knows the receiver's address, but neither its token nor the secret. */
export function forgedMessage(callback: OutgoingCallback, signed: boolean): CallbackMessage {
	const url = new URL(callback.url);
	for (const name of new Set(url.searchParams.keys())) url.searchParams.set(name, randomUUID());
	const body = withFacts(callback.body, { status: 'completed', response: 'Forged.', error: null });
	const secret = randomBytes(24).toString('hex');
	return { ...callbackMessage({ ...callback, secret }, body, signed), url };
}

/** A message that is true in every way, but of another run than the one this receiver waits for. */
export function foreignMessage(
	callback: OutgoingCallback,
	other: RecordedExecution | undefined,
	signed: boolean,
): CallbackMessage {
	const executionId = other?.id ?? randomUUID();
	const body = other
		? callbackBody(other)
		: withFacts(callback.body, { execution_id: executionId, response: 'Of another execution.' });
	return callbackMessage({ ...callback, executionId }, body, signed);
}

/** A run that is not finished, told as if it were. */
export function earlyMessage(callback: OutgoingCallback, body: string, signed: boolean): CallbackMessage {
	const facts = {
		event: 'execution.completed',
		status: 'completed',
		completed_at: new Date().toISOString(),
	};
	return callbackMessage(callback, withFacts(body, facts), signed);
}

function withFacts(body: string, facts: Readonly<Record<string, unknown>>): string {
	return JSON.stringify({ ...JSON.parse(body), ...facts });
}

function seconds(): number {
	return Math.floor(Date.now() / 1000);
}
