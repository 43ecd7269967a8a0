import type { IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import { core } from './n8n.mts';

/** What an n8n instance hands to each execution. */
export function additionalDataFor(
	credentialsHelper: IWorkflowExecuteAdditionalData['credentialsHelper'],
	{ executionId, url }: { readonly executionId: string; readonly url: string },
): IWorkflowExecuteAdditionalData {
	const unsupported = () => Promise.reject(new Error('This host runs one workflow only.'));
	const workflow = { id: '1', name: 'Test', active: false, nodes: [], connections: {} };
	const dates = { createdAt: new Date(0), updatedAt: new Date(0), isArchived: false, activeVersionId: null };
	return {
		credentialsHelper,
		executionId,
		externalSecretsProxy: new core.ExternalSecretsProxy(),
		hooks: new core.ExecutionLifecycleHooks('manual', executionId, { ...workflow, ...dates }),
		currentNodeExecutionIndex: 0,
		variables: {},
		instanceBaseUrl: url,
		restApiUrl: `${url}/rest`,
		formBaseUrl: `${url}/form`,
		formWaitingBaseUrl: `${url}/form-waiting`,
		formTestBaseUrl: `${url}/form-test`,
		webhookBaseUrl: `${url}/webhook`,
		webhookWaitingBaseUrl: `${url}/webhook-waiting`,
		webhookTestBaseUrl: `${url}/webhook-test`,
		mcpBaseUrl: `${url}/mcp`,
		mcpTestBaseUrl: `${url}/mcp-test`,
		logAiEvent: () => {},
		executeWorkflow: unsupported,
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		startRunnerTask: unsupported,
	};
}
