/** How platforms that show the outputs of a step call them: what they are, and their unit. */
const LABELS: Readonly<Record<string, string>> = {
	id: 'ID',
	executionId: 'Execution ID',
	triggerId: 'Trigger ID',
	agentId: 'Agent ID',
	sessionId: 'Session ID',
	name: 'Name',
	commercialName: 'Commercial Name',
	type: 'Type',
	status: 'Status',
	toolsCount: 'Number of Tools',
	mode: 'Mode',
	callbackUrl: 'Callback URL',
	enabled: 'Enabled',
	webhookUrl: 'Webhook URL',
	created: 'Created by This Step',
	found: 'Found',
	deleted: 'Deleted',
	content: 'Answer',
	body: 'Body',
	model: 'Model',
	sources: 'Sources',
	rawEvents: 'Raw Events',
	usage: 'Usage',
	'usage.inputTokens': 'Input (in Tokens)',
	'usage.outputTokens': 'Output (in Tokens)',
	'usage.totalTokens': 'Input and Output (in Tokens)',
	'usage.costUsd': 'Cost (in US Dollars)',
	failure: 'Failure',
	'failure.code': 'Failure Code',
	'failure.message': 'Failure Message',
	createdAt: 'Started At',
	completedAt: 'Finished At',
	durationMs: 'Duration (in Milliseconds)',
};

/** @param path of a key of an output, such as `usage.costUsd` */
export function outputLabel(path: string): string | undefined {
	return LABELS[path];
}
