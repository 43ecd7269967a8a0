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

/** What came, as the client judges it. */
export function callbackOf(context: IWebhookFunctions) {
	const { rawBody, headers } = context.getRequestObject();
	// n8n leaves it out where nothing was sent.
	return { rawBody: rawBody ?? '', headers, query: { ...context.getQueryData() } };
}
