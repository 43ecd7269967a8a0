import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/** Answers who called, and neither starts nor wakes a workflow. */
export function answerOnly(
	context: IWebhookFunctions,
	status: number,
	message: string,
): IWebhookResponseData {
	context.getResponseObject().status(status).json({ message });
	return { noWebhookResponse: true };
}

/**
 * Where it is our own fault, such as a credential that is gone: the sender is asked to call again. Thrown, it would
 * start an execution, or in older versions of n8n end the one that sleeps.
 */
export function answerLater(context: IWebhookFunctions): IWebhookResponseData {
	return answerOnly(context, 503, 'The callback cannot be handled now: check the credential of the node.');
}

/** What came, as the client judges it. */
export function callbackOf(context: IWebhookFunctions) {
	const { rawBody, headers } = context.getRequestObject();
	// n8n leaves it out where nothing was sent.
	return { rawBody: rawBody ?? '', headers, query: { ...context.getQueryData() } };
}
