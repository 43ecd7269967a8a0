import { executionOutput, finishedRun } from '@zihin/connector-kit';
import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { clientFor } from '../shared/client.ts';
import { toJson } from '../shared/json.ts';
import { answerLater, answerOnly, callbackOf } from '../shared/webhook.ts';
import { triggerData } from './static-data.ts';

/** A callback to the workflow's trigger: starts the workflow with the run as it was read. */
export async function start(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const data = triggerData(this);
	// n8n listens before it has written down what `create` kept: the sender is to call again.
	if (data.subscription === undefined) return answerOnly(this, 503, 'The workflow has no trigger yet.');
	try {
		const finished = await finishedRun(crypto, await clientFor(this), data.subscription, callbackOf(this));
		if ('refusal' in finished) return answerOnly(this, finished.refusal, finished.reason);
		const { execution } = finished;
		return { workflowData: [[{ json: toJson(executionOutput(execution, false)) }]] };
	} catch {
		return answerLater(this);
	}
}
