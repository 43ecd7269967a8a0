import { runFinished } from '@zihin/connector-kit';
import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { searchAgents } from '../shared/list-search.ts';
import { phrase, toProperty } from '../shared/properties.ts';
import { dropRepeated } from './repeated.ts';
import { start } from './start.ts';
import { create, isThere, remove } from './subscription.ts';

/** Starts a workflow when a run that was sent to its trigger has finished. */
export class ZihinTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Zihin Trigger',
		name: 'zihinTrigger',
		icon: { light: 'file:../Zihin/zihin.svg', dark: 'file:../Zihin/zihin.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: 'Agent run finished',
		description: phrase(runFinished.description),
		defaults: { name: 'Zihin Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'zihinApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				path: 'webhook',
				responseMode: 'onReceived',
				// Else the caller would read the literal text of a default.
				responseData: '',
			},
		],
		properties: [
			{ displayName: runFinished.modelDescription, name: 'notice', type: 'notice', default: '' },
			...runFinished.fields.map(field => toProperty(field)),
		],
	};

	methods = { listSearch: { searchAgents } };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return isThere(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await create(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				await remove(this);
				return true;
			},
		},
	};

	webhook = start;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await dropRepeated(this)];
	}
}
