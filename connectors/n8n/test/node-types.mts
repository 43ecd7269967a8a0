import type {
	ICredentialType,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	INodeTypes,
} from 'n8n-workflow';
import { core, n8n } from './n8n.mts';

export const ZIHIN_TYPE = 'n8n-nodes-zihin.zihin';
export const TRIGGER_TYPE = 'n8n-nodes-zihin.zihinTrigger';
export const START_TYPE = 'test.start';
export const LOOP_TYPE = 'test.loop';
export const AFTER_TYPE = 'test.after';

/** What the package holds, loaded as n8n does: from its package.json. */
export interface LoadedPackage {
	readonly zihin: INodeType;
	readonly trigger: INodeType;
	readonly credential: ICredentialType;
	readonly nodeTypes: INodeTypes;
}

export async function loadPackage(folder: string): Promise<LoadedPackage> {
	const loader = new core.PackageDirectoryLoader(folder);
	await loader.loadAll();
	const nodeNamed = (name: string): INodeType => {
		const { type } = loader.getNode(name);
		if ('nodeVersions' in type) throw new Error(`The node ${name} has versions.`);
		return type;
	};
	const zihin = nodeNamed('zihin');
	const trigger = nodeNamed('zihinTrigger');
	const types: Record<string, INodeType> = {
		[ZIHIN_TYPE]: zihin,
		// What n8n makes of a node that is usable as a tool, as far as the node can tell.
		[`${ZIHIN_TYPE}Tool`]: zihin,
		[TRIGGER_TYPE]: trigger,
		[START_TYPE]: START,
		[LOOP_TYPE]: LOOP,
		[AFTER_TYPE]: AFTER,
	};
	const byName = (name: string): INodeType => {
		const type = types[name];
		if (type === undefined) throw new Error(`There is no node type ${name}.`);
		return type;
	};
	return {
		zihin,
		trigger,
		credential: loader.getCredential('zihinApi').type,
		nodeTypes: { getByName: byName, getByNameAndVersion: byName, getKnownTypes: () => ({}) },
	};
}

const described = (name: string, more: Partial<INodeTypeDescription>): INodeTypeDescription => ({
	displayName: name,
	name,
	group: ['transform'],
	version: 1,
	description: 'A node of the tests',
	defaults: {},
	inputs: ['main'],
	outputs: ['main'],
	properties: [],
	...more,
});

/** Begins a workflow with the items of its parameter. */
const START: INodeType = {
	description: described('start', {
		group: ['trigger'],
		inputs: [],
		properties: [{ displayName: 'Items', name: 'items', type: 'json', default: '[]' }],
	}),
	async execute() {
		return [n8n.jsonParse<INodeExecutionData[]>(String(this.getNodeParameter('items', 0)))];
	},
};

/** Hands on one item at a time, and all that came back at the end, as Loop Over Items does. */
const LOOP: INodeType = {
	description: described('loop', { outputs: ['main', 'main'], outputNames: ['done', 'loop'] }),
	async execute() {
		const memory: { left?: INodeExecutionData[]; done?: INodeExecutionData[] } = this.getContext('node');
		if (memory.left === undefined) memory.left = [...this.getInputData()];
		else memory.done = [...(memory.done ?? []), ...this.getInputData()];
		const next = memory.left.shift();
		return next === undefined ? [memory.done ?? [], []] : [[], [next]];
	},
};

/** Shows what an expression gives to the node behind. */
const AFTER: INodeType = {
	description: described('after', {
		properties: [{ displayName: 'Value', name: 'value', type: 'string', default: '' }],
	}),
	async execute() {
		return [
			this.getInputData().map((_, item) => ({
				json: { value: this.getNodeParameter('value', item) },
				pairedItem: { item },
			})),
		];
	},
};
