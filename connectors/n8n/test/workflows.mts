import type { IConnections, INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { AFTER_TYPE, LOOP_TYPE, START_TYPE, ZIHIN_TYPE } from './node-types.mts';

export const CREDENTIAL = { zihinApi: { id: '1', name: 'Zihin' } };

/** A workflow as n8n stores it. */
export interface WorkflowShape {
	readonly nodes: INode[];
	readonly connections: IConnections;
}

export interface StepOptions {
	readonly items?: readonly INodeExecutionData[];
	/** Settings of the Zihin node. */
	readonly node?: Partial<INode>;
	/** An expression that the node behind shows. */
	readonly after?: string;
	/** Whether the items come one by one, through a loop. */
	readonly loop?: boolean;
}

const place = { typeVersion: 1, position: [0, 0] satisfies [number, number], parameters: {} };

/** Start, Zihin, and what else is asked for. */
export function workflowOf(parameters: INodeParameters, options: StepOptions = {}): WorkflowShape {
	const { items = [{ json: {} }], node, after, loop = false } = options;
	const nodes: INode[] = [
		{ ...place, id: 'start', name: 'Start', type: START_TYPE, parameters: { items: JSON.stringify(items) } },
		{ ...place, id: 'zihin', name: 'Zihin', type: ZIHIN_TYPE, credentials: CREDENTIAL, ...node, parameters },
	];
	const zihin = node?.name ?? 'Zihin';
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const connections: IConnections = { Start: { main: [to(loop ? 'Loop' : zihin)] } };
	if (loop) {
		nodes.push({ ...place, id: 'loop', name: 'Loop', type: LOOP_TYPE });
		connections.Loop = { main: [[], to(zihin)] };
		connections[zihin] = { main: [to('Loop')] };
	}
	if (after !== undefined) {
		nodes.push({ ...place, id: 'after', name: 'After', type: AFTER_TYPE, parameters: { value: after } });
		connections[zihin] = { main: [to('After')] };
	}
	return { nodes, connections };
}

/** The fields that stand in the form itself. All others are added by the user, under Options. */
const SHOWN = ['agentId', 'triggerId', 'executionId', 'message', 'name', 'sendTo', 'returnAll', 'limit'];
const LOCATORS = ['agentId', 'triggerId'];

/** What a user would set in the editor for an operation. */
export function parametersOf(
	resource: string,
	operation: string,
	inputs: Readonly<Record<string, unknown>>,
): INodeParameters {
	const parameters: INodeParameters = { resource, operation };
	const options: INodeParameters = {};
	for (const [key, input] of Object.entries(inputs)) {
		const value: INodeParameters[string] = JSON.parse(JSON.stringify(input ?? null));
		const target = SHOWN.includes(key) ? parameters : options;
		target[key] = LOCATORS.includes(key) ? { __rl: true, mode: 'id', value: String(value) } : value;
	}
	return { ...parameters, options };
}
