import { type Execution, ZihinAgentError } from '@zihin/agent-client/core';
import {
	adviseOn,
	callbackEvent,
	decide,
	readEvent,
	runOutput,
	type WaitFailure,
	waitError,
} from '@zihin/connector-kit';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { clientFor } from '../shared/client.ts';
import { toJson } from '../shared/json.ts';
import { LIMITS } from '../shared/limits.ts';
import { answerLater, answerOnly, callbackOf } from '../shared/webhook.ts';
import { type Memory, recall } from './memory.ts';

/**
 * A callback to an execution that sleeps. It is only a reason to read the run: what wakes the execution was read
 * with the key. One that does not count is answered, and the execution sleeps on.
 */
export async function resume(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const memory = recall(this);
	if (memory === undefined) return answerOnly(this, 404, 'No run is waited for here.');
	try {
		return await wake(this, memory);
	} catch (cause) {
		return ZihinAgentError.is(cause) && cause.kind === 'protocol'
			? answerOnly(this, 400, cause.message)
			: answerLater(this);
	}
}

async function wake(context: IWebhookFunctions, memory: Memory): Promise<IWebhookResponseData> {
	const { triggerId, executionId, callbackToken: token, wait } = memory;
	const run = { triggerId, executionId };
	const callback = await callbackEvent(crypto, { ...callbackOf(context), token }, run);
	if (callback.token === 'wrong') return answerOnly(context, 401, 'The token or the signature is wrong.');
	const called = decide(wait, callback);
	if (called.action.type !== 'read') return answerOnly(context, 404, 'Another run is waited for here.');
	const { event, execution } = await readEvent(await clientFor(context), run);
	const { action } = decide(called.state, event);
	if (action.type === 'fail') return wakeWith(failedOutput(action, execution));
	if (action.type === 'return' && execution !== undefined) return wakeWith(toJson(runOutput(execution)));
	// Either status asks the sender to call again.
	return execution === undefined
		? answerOnly(context, 503, 'The run could not be read.')
		: answerOnly(context, 409, 'The run has not finished yet.');
}

function wakeWith(json: IDataObject): IWebhookResponseData {
	return { workflowData: [[{ json, pairedItem: { item: 0 } }]] };
}

/**
 * n8n cannot stop an execution at this point, so a run without an answer arrives as one that continues on fail.
 * These two keys, and no others, lead it to the error output where the node has one.
 */
function failedOutput(failure: WaitFailure, execution: Execution | undefined): IDataObject {
	const { message, nextStep } = adviseOn(waitError(failure, execution), LIMITS);
	return { error: message, details: { ...failure.run, status: execution?.status ?? null, nextStep } };
}
