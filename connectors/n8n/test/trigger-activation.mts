import { randomUUID } from 'node:crypto';
import './remembered.mts';
import type { Request, Response } from 'express';
import type {
	IDataObject,
	INode,
	INodeParameters,
	IRun,
	IWebhookData,
	IWebhookResponseData,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { core, n8n } from './n8n.mts';
import { type LoadedPackage, TRIGGER_TYPE } from './node-types.mts';
import { CREDENTIAL } from './workflows.mts';

/** A workflow that the trigger node starts. */
export interface ActiveTrigger {
	readonly url: string;
	/** What n8n keeps for the node. */
	staticData(): IDataObject;
	/** The workflow's runs, oldest first. */
	readonly runs: readonly IRun[];
	receive(request: Request, response: Response): Promise<void>;
	/** Switches the workflow on: again, when it was off or n8n has restarted. Whether something had to be made. */
	activate(): Promise<boolean>;
	deactivate(): Promise<void>;
	/** As if n8n had lost what it keeps, or had not written it down yet. @returns what writes it down */
	forget(): () => void;
}

export async function activateTrigger(
	{ trigger, nodeTypes }: LoadedPackage,
	parameters: INodeParameters,
	additionalData: () => IWorkflowExecuteAdditionalData,
): Promise<ActiveTrigger> {
	const node: INode = {
		id: 'trigger',
		name: 'Zihin Trigger',
		type: TRIGGER_TYPE,
		typeVersion: 1,
		position: [0, 0],
		webhookId: randomUUID(),
		credentials: CREDENTIAL,
		parameters,
	};
	const methods = trigger.webhookMethods?.default;
	const [webhookDescription] = trigger.description.webhooks ?? [];
	if (methods === undefined || webhookDescription === undefined || trigger.webhook === undefined) {
		throw new Error('The trigger has no webhook.');
	}
	const { webhook } = trigger;
	const runs: IRun[] = [];
	let stored: IDataObject = {};

	/** Does something with the workflow as it was stored, and stores what it keeps. */
	async function within<T>(
		data: IWorkflowExecuteAdditionalData,
		work: (workflow: InstanceType<typeof n8n.Workflow>, webhookData: IWebhookData) => Promise<T>,
	): Promise<T> {
		const workflow = new n8n.Workflow({
			id: '2',
			active: true,
			nodes: [node],
			connections: {},
			nodeTypes,
			staticData: structuredClone(stored),
			settings: {},
		});
		const result = await work(workflow, {
			httpMethod: 'POST',
			node: node.name,
			path: webhookDescription?.path ?? '',
			webhookDescription: webhookDescription ?? { name: 'default', httpMethod: 'POST', path: '' },
			workflowId: workflow.id,
			workflowExecuteAdditionalData: data,
		});
		stored = JSON.parse(JSON.stringify(workflow.staticData));
		return result;
	}

	const hook = (name: 'checkExists' | 'create' | 'delete') => {
		const data = additionalData();
		return within(data, (workflow, webhookData) => {
			const context = new core.HookContext(workflow, node, data, 'trigger', 'activate', webhookData);
			// By Reflect: n8n's class and its own interface disagree on whether a workflow has a name.
			const done: Promise<boolean> = Reflect.apply(methods[name], context, []);
			return done;
		});
	};
	const activate = async () => !(await hook('checkExists')) && (await hook('create'));
	await activate();
	const url = n8n.NodeHelpers.getNodeWebhookUrl(
		additionalData().webhookBaseUrl,
		'2',
		node,
		webhookDescription.path,
	);

	return {
		url,
		runs,
		activate,
		staticData: () => stored,
		deactivate: async () => {
			await hook('delete');
		},
		forget: () => {
			const kept = stored;
			stored = {};
			return () => {
				stored = kept;
			};
		},
		receive: async (request, response) => {
			const data = { ...additionalData(), httpRequest: request, httpResponse: response };
			await within(data, async (workflow, webhookData) => {
				const context = new core.WebhookContext(workflow, node, data, 'webhook', webhookData, [], null);
				const result: IWebhookResponseData = await Reflect.apply(webhook, context, []);
				const { workflowData, noWebhookResponse } = result;
				if (noWebhookResponse !== true) response.json({ message: 'Workflow was started' });
				if (workflowData === undefined) return;
				const entry = { node, data: { main: workflowData }, source: null };
				const run = n8n.createRunExecutionData({ executionData: { nodeExecutionStack: [entry] } });
				const engine = new core.WorkflowExecute(data, 'webhook', run);
				runs.push(await engine.processRunExecutionData(workflow));
			});
		},
	};
}
