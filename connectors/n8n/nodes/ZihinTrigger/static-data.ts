import type { Subscription } from '@zihin/connector-kit';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

/** What n8n keeps for the node while its workflow is active. */
export interface TriggerData {
	subscription?: Subscription;
}

export function triggerData(context: IHookFunctions | IWebhookFunctions): TriggerData {
	return context.getWorkflowStaticData('node');
}
