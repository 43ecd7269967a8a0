import { type VerifyCallbackParams, verifyCallbackWith, type WebCrypto } from '@zihin/agent-client/callbacks';
import {
	type CallOptions,
	type Execution,
	ZihinAgentError,
	type ZihinClient,
} from '@zihin/agent-client/core';
import { hasEnded } from '@zihin/agent-client/runs';
import type { Subscription } from './subscription.ts';

/** What came of a callback: the run that has finished, or how to answer who called. */
export type FinishedRun =
	| { readonly execution: Execution }
	/** An HTTP status. With 409 and 503 the caller is asked to call again. */
	| { readonly refusal: 400 | 401 | 404 | 409 | 503; readonly reason: string };

/**
 * Judges a callback to a subscription, and reads the run that it names: the body is only a hint.
 * @param callback what came; its token and secret are those of the subscription
 */
export async function finishedRun(
	crypto: WebCrypto,
	client: ZihinClient,
	{ triggerId, callbackToken: token, webhookSecret: secret }: Subscription,
	callback: Omit<VerifyCallbackParams, 'token' | 'secret'>,
	options: CallOptions = {},
): Promise<FinishedRun> {
	let executionId: string | undefined;
	try {
		({ executionId } = await verifyCallbackWith(crypto, { ...callback, token, secret }));
	} catch (cause) {
		if (!ZihinAgentError.is(cause)) throw cause;
		return { refusal: cause.kind === 'auth' ? 401 : 400, reason: cause.message };
	}
	if (executionId === undefined) return { refusal: 400, reason: 'The callback names no execution.' };
	try {
		const execution = await client.getExecution({ ...options, triggerId, executionId });
		if (hasEnded(execution)) return { execution };
		return { refusal: 409, reason: 'The run has not finished yet.' };
	} catch (cause) {
		if (!ZihinAgentError.is(cause)) throw cause;
		return cause.kind === 'not_found' || cause.kind === 'config'
			? { refusal: 404, reason: 'The trigger has no such execution.' }
			: { refusal: 503, reason: 'The run could not be read.' };
	}
}
