import { randomUUID } from 'node:crypto';

export interface WorkflowNode {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly typeVersion: number;
	readonly position: readonly [x: number, y: number];
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly webhookId?: string;
	readonly credentials?: unknown;
	/** The settings of the node: `onError`, `retryOnFail` and so on. */
	readonly [setting: string]: unknown;
}

interface Target {
	readonly node: string;
	readonly type: string;
	readonly index: number;
}

/** A workflow as n8n takes and exports it. */
export interface Workflow {
	readonly name: string;
	readonly nodes: readonly WorkflowNode[];
	readonly connections: Readonly<Record<string, Readonly<Record<string, readonly (readonly Target[])[]>>>>;
	readonly settings?: object;
}

/** From a node, or one of its outputs, to a node. */
export type Link = readonly [from: string, to: string, output?: number, type?: string];

export function workflow(name: string, nodes: readonly WorkflowNode[], links: readonly Link[]): Workflow {
	const connections: Record<string, Record<string, Target[][]>> = {};
	for (const [from, node, output = 0, type = 'main'] of links) {
		const byType = connections[from] ?? {};
		const outputs = byType[type] ?? [];
		while (outputs.length <= output) outputs.push([]);
		outputs[output]?.push({ node, type, index: 0 });
		connections[from] = { ...byType, [type]: outputs };
	}
	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}

/** One node after the other. */
export function chain(name: string, ...nodes: readonly WorkflowNode[]): Workflow {
	const links = nodes.slice(1).map((node, place): Link => [nodes[place]?.name ?? '', node.name]);
	return workflow(name, nodes, links);
}

export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Readonly<Record<string, unknown>> = {},
	settings: Readonly<Record<string, unknown>> = {},
): WorkflowNode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters, ...settings };
}

export type ResponseMode = 'onReceived' | 'lastNode' | 'streaming';

/** Starts a workflow by an HTTP request, whose body is under `$json.body`. */
export function webhook(responseMode: ResponseMode = 'onReceived'): WorkflowNode {
	const path = randomUUID();
	const parameters = { httpMethod: 'POST', path, responseMode, options: {} };
	return node('Start', 'n8n-nodes-base.webhook', 2.1, parameters, { webhookId: path });
}

/** Starts a workflow by the button in the editor. */
export const manual = (): WorkflowNode => node('Start', 'n8n-nodes-base.manualTrigger', 1);

/** Makes an item of each entry of the request's `items`. */
export const splitItems = (): WorkflowNode =>
	node('Items', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.items', options: {} });

/** Hands on one item at a time: the second output begins a round, the first has all that came back. */
export const loop = (): WorkflowNode => node('Loop', 'n8n-nodes-base.splitInBatches', 3, { options: {} });

/** Hands its items on. */
export const noOp = (name: string): WorkflowNode => node(name, 'n8n-nodes-base.noOp', 1);

/** The fields that stand in the form itself. All others are added by the user, under Options. */
const SHOWN = ['agentId', 'triggerId', 'executionId', 'message', 'name', 'sendTo', 'returnAll', 'limit'];

/** The Zihin node as a user would fill it in. */
export function zihin(
	credentials: unknown,
	[resource, operation]: readonly [resource: string, operation: string],
	inputs: Readonly<Record<string, unknown>>,
	settings: Readonly<Record<string, unknown>> = {},
): WorkflowNode {
	const shown = Object.entries(inputs).filter(([key]) => SHOWN.includes(key));
	const options = Object.fromEntries(Object.entries(inputs).filter(([key]) => !SHOWN.includes(key)));
	const parameters = {
		resource,
		operation,
		...Object.fromEntries(shown.map(([key, value]) => [key, isLocator(key) ? byId(value) : value])),
		options,
	};
	return node('Zihin', 'n8n-nodes-zihin.zihin', 1, parameters, { credentials, ...settings });
}

export function zihinTrigger(credentials: unknown, agentId: string): WorkflowNode {
	const settings = { credentials, webhookId: randomUUID() };
	return node('Zihin Trigger', 'n8n-nodes-zihin.zihinTrigger', 1, { agentId: byId(agentId) }, settings);
}

export const byId = (value: unknown) => ({ __rl: true, mode: 'id', value });

function isLocator(key: string): boolean {
	return key === 'agentId' || key === 'triggerId';
}
