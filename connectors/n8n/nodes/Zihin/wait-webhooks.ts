import type { IWebhookDescription } from 'n8n-workflow';

/** Where a sleeping execution is woken: the path is what the step adds to the execution's resume URL. */
export const WAIT_WEBHOOKS: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		path: '={{ $nodeId }}',
		isFullPath: true,
		restartWebhook: true,
		responseMode: 'onReceived',
		// Else the caller would read the literal text of a default.
		responseData: '',
	},
];
