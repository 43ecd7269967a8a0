import type { ZihinClient } from '@zihin/agent-client/core';
import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';
import { clientFor } from '../shared/client.ts';
import { toNodeError } from '../shared/errors.ts';
import { toJson } from '../shared/json.ts';
import { searchAgents, searchTriggers } from '../shared/list-search.ts';
import { actionAt } from './actions/index.ts';
import { NODE_PROPERTIES } from './node-properties.ts';
import { resume } from './resume.ts';
import { WAIT_WEBHOOKS } from './wait-webhooks.ts';

/** The Zihin node: agents, executions and triggers. */
export class Zihin implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Zihin',
		name: 'zihin',
		icon: { light: 'file:zihin.svg', dark: 'file:zihin.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Run Zihin agents',
		defaults: { name: 'Zihin' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'zihinApi', required: true }],
		waitingNodeTooltip: 'The execution sleeps until the agent has answered',
		webhooks: WAIT_WEBHOOKS,
		properties: NODE_PROPERTIES,
	};

	methods = { listSearch: { searchAgents, searchTriggers } };

	webhook = resume;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results: INodeExecutionData[] = [];
		let client: ZihinClient | undefined;
		for (let item = 0; item < this.getInputData().length; item++) {
			const pairedItem = { item };
			try {
				client ??= await clientFor(this);
				for (const json of await runOperation(this, client, item)) results.push({ json, pairedItem });
			} catch (cause) {
				const error = toNodeError(this.getNode(), cause, item);
				if (!this.continueOnFail()) throw error;
				results.push({ json: { error: error.message }, error, pairedItem });
			}
		}
		return [results];
	}
}

async function runOperation(
	context: IExecuteFunctions,
	client: ZihinClient,
	item: number,
): Promise<IDataObject[]> {
	const resource = context.getNodeParameter('resource', item, '');
	const operation = context.getNodeParameter('operation', item, '');
	const action = actionAt(resource, operation);
	if (action === undefined) {
		throw new NodeOperationError(context.getNode(), `There is no operation ${operation} of ${resource}`, {
			itemIndex: item,
		});
	}
	return [await action({ context, client, item })].flat().map(toJson);
}
