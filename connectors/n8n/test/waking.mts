import type { IWebhookResponseData, IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import type { Execution } from './instance.mts';
import { core } from './n8n.mts';

/**
 * A call to the resume URL of a sleeping execution: what n8n's waiting webhooks do. The node that sleeps is
 * switched off, so that it does not begin again, and hands on what its webhook returned.
 */
export async function wake(
	execution: Execution,
	suffix: string,
	additionalData: IWorkflowExecuteAdditionalData,
): Promise<void> {
	const { httpResponse } = additionalData;
	if (httpResponse === undefined || execution.run === undefined) throw new Error('Nothing to answer with.');
	const { workflow } = execution;
	const data = structuredClone(execution.run.data);
	const [entry] = data.executionData?.nodeExecutionStack ?? [];
	const node = workflow.getNode(data.resultData.lastNodeExecuted ?? '');
	if (entry === undefined || node === null) throw new Error('Nothing sleeps.');
	entry.node.disabled = true;
	delete data.waitTill;
	data.resultData.runData[node.name]?.pop();
	const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const description = type.description.webhooks?.find(({ restartWebhook }) => restartWebhook === true);
	const path =
		description && workflow.expression.getSimpleParameterValue(node, description.path, 'manual', {});
	if (description === undefined || type.webhook === undefined || path !== suffix) {
		httpResponse.status(404).json({ message: 'Nothing waits here.' });
		return;
	}
	const webhookData = {
		httpMethod: 'POST',
		node: node.name,
		path: suffix,
		webhookDescription: description,
		workflowId: workflow.id,
		workflowExecuteAdditionalData: additionalData,
	} as const;
	const context = new core.WebhookContext(workflow, node, additionalData, 'manual', webhookData, [], data);
	// By Reflect: n8n's class and its own interface disagree on whether a workflow has a name.
	const result: IWebhookResponseData = await Reflect.apply(type.webhook, context, []);
	const { workflowData, noWebhookResponse } = result;
	if (noWebhookResponse !== true) httpResponse.json({ message: 'Workflow was started' });
	// Of two callbacks at the same moment one wakes it.
	if (workflowData === undefined || execution.run.status !== 'waiting') return;
	execution.run = { ...execution.run, status: 'running' };
	entry.data.main = workflowData;
	entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
	const engine = new core.WorkflowExecute(additionalData, 'manual', data);
	execution.store(await engine.processRunExecutionData(workflow));
}
