import { type VerifyCallbackParams, verifyCallbackWith, type WebCrypto } from '@zihin/agent-client/callbacks';
import { type CallOptions, type Execution, ZihinAgentError } from '@zihin/agent-client/core';
import { finishRun, type RunClient, type RunIds } from '@zihin/agent-client/runs';
import type { WaitEvent } from './wait.ts';

/**
 * What a callback is to the wait for a run.
 * @throws {ZihinAgentError} kind `protocol` when it is true and cannot be read, `config` for a misuse
 */
export async function callbackEvent(
	crypto: WebCrypto,
	callback: VerifyCallbackParams,
	run: RunIds,
): Promise<WaitEvent & { readonly type: 'callback' }> {
	try {
		const { executionId } = await verifyCallbackWith(crypto, callback);
		const foreign = executionId !== undefined && executionId !== run.executionId;
		return { type: 'callback', token: foreign ? 'foreign' : 'ok' };
	} catch (cause) {
		if (ZihinAgentError.is(cause) && cause.kind === 'auth') return { type: 'callback', token: 'wrong' };
		throw cause;
	}
}

/** What reading a run gave, and the run where it was read. */
export interface ReadResult {
	readonly event: WaitEvent & { readonly type: 'read' };
	readonly execution?: Execution;
}

/** Reads a run for a wait: that it cannot be read now is an event, and no reason to end the wait. */
export async function readEvent(
	client: RunClient,
	run: RunIds,
	options: CallOptions = {},
): Promise<ReadResult> {
	try {
		const execution = await finishRun(client, run, options);
		const found = { ...run, status: execution.status };
		return { event: { type: 'read', found }, execution };
	} catch (cause) {
		if (!ZihinAgentError.is(cause) || cause.kind === 'aborted') throw cause;
		return { event: { type: 'read', found: cause.kind === 'not_found' ? 'absent' : 'unreadable' } };
	}
}
