import type { Subscription } from '@zihin/connector-kit';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

/** What n8n keeps for the node while its workflow is active. */
export interface TriggerData {
	subscription?: Subscription;
	/** The executions that have started the workflow, newest last. */
	seen?: string[];
}

const MOST_SEEN = 200;

export function triggerData(context: IHookFunctions | IWebhookFunctions): TriggerData {
	return context.getWorkflowStaticData('node');
}

/** Whether an execution has started the workflow before; from now on it has. */
export function isRepeated(data: TriggerData, executionId: string): boolean {
	const seen = data.seen ?? [];
	if (seen.includes(executionId)) return true;
	data.seen = [...seen, executionId].slice(-MOST_SEEN);
	return false;
}
