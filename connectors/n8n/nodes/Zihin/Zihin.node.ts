import { agentChoices, type Inputs, OPERATIONS } from '@zihin/connector-kit';
import type {
	IDataObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeListSearchResult,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { jsonParse, NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';
import { clientFor } from './client.ts';
import { toNodeError } from './errors.ts';
import { LIMITS } from './limits.ts';
import { NODE_PROPERTIES, operationAt } from './operations.ts';

/** The Zihin node: agents, triggers and executions. */
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
		properties: NODE_PROPERTIES,
	};

	methods = { listSearch: { searchAgents } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const results: INodeExecutionData[] = [];
		for (let item = 0; item < this.getInputData().length; item++) {
			const pairedItem = { item };
			try {
				const output = await runOperation(this, item);
				for (const json of output) results.push({ json, pairedItem });
			} catch (cause) {
				const error = toNodeError(this.getNode(), cause, item);
				if (!this.continueOnFail()) throw error;
				results.push({ json: { error: error.message }, error, pairedItem });
			}
		}
		return [results];
	}
}

async function runOperation(context: IExecuteFunctions, item: number): Promise<IDataObject[]> {
	const resource = context.getNodeParameter('resource', item, '');
	const operation = context.getNodeParameter('operation', item, '');
	const name = operationAt(String(resource), String(operation));
	if (name === undefined) {
		throw new NodeOperationError(context.getNode(), `There is no operation ${operation} of ${resource}`, {
			itemIndex: item,
		});
	}
	const { run } = OPERATIONS[name];
	const client = await clientFor(context, item);
	const signal = context.getExecutionCancelSignal();
	const output = await run(readInputs(context, item, name), { client, limits: LIMITS, signal });
	return [jsonParse<IDataObject | IDataObject[]>(JSON.stringify(output))].flat();
}

function readInputs(context: IExecuteFunctions, item: number, name: keyof typeof OPERATIONS): Inputs {
	const required = OPERATIONS[name].fields.filter(field => field.required);
	const values = required.map(({ key, kind }) => {
		const extract = kind === 'agent' ? { extractValue: true } : {};
		return [key, context.getNodeParameter(key, item, '', extract)] as const;
	});
	return { ...context.getNodeParameter('options', item, {}), ...Object.fromEntries(values) };
}

async function searchAgents(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	try {
		const choices = await agentChoices(await clientFor(this), filter);
		return { results: choices.map(({ value, label }) => ({ name: label, value })) };
	} catch (cause) {
		throw toNodeError(this.getNode(), cause);
	}
}
