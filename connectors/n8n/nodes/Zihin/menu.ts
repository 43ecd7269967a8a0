import {
	deleteTrigger,
	dispatchToAgent,
	getExecution,
	listExecutions,
	listTriggers,
	OPERATIONS,
	type OperationForm,
	runAndWait,
} from '@zihin/connector-kit';
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { BINARY_FIELDS } from './actions/attachments.ts';
import { dispatchFields } from './actions/dispatch-fields.ts';

/** An operation as it stands in the node's menus. */
export interface MenuEntry {
	readonly resource: string;
	readonly operation: string;
	/** In n8n's words. */
	readonly name: string;
	readonly action: string;
	readonly form: OperationForm<object>;
	/** Where it differs from that of the form. */
	readonly description?: string;
	/** Where the form's required fields are not what is shown. */
	readonly fields?: (show: NonNullable<IDisplayOptions['show']>) => INodeProperties[];
	/** Options that are n8n's own. */
	readonly options?: readonly INodeProperties[];
}

const { invokeAgent, listAgents, findOrCreateTrigger } = OPERATIONS;

/** Saved workflows hold the values of `resource` and `operation`: they never change. */
export const MENU: readonly MenuEntry[] = [
	{
		resource: 'agent',
		operation: 'getAll',
		name: 'Get Many',
		action: 'Get many agents',
		form: listAgents,
	},
	{
		resource: 'agent',
		operation: 'invoke',
		name: 'Invoke',
		action: 'Invoke agent',
		form: invokeAgent,
		options: [BINARY_FIELDS],
	},
	{
		resource: 'agent',
		operation: 'invokeAndStream',
		name: 'Invoke and Stream',
		action: 'Invoke agent and stream answer',
		form: invokeAgent,
		description:
			'Sends a message to an agent and shows its answer to a chat or a streaming webhook while it is written',
		options: [BINARY_FIELDS],
	},
	{
		resource: 'agent',
		operation: 'runAndWait',
		name: 'Run and Wait',
		action: 'Run agent and wait for answer',
		form: runAndWait,
	},
	{
		resource: 'execution',
		operation: 'dispatch',
		name: 'Dispatch',
		action: 'Dispatch execution',
		form: dispatchToAgent,
		fields: dispatchFields,
	},
	{
		resource: 'execution',
		operation: 'get',
		name: 'Get',
		action: 'Get execution',
		form: getExecution,
	},
	{
		resource: 'execution',
		operation: 'getAll',
		name: 'Get Many',
		action: 'Get many executions',
		form: listExecutions,
	},
	{
		resource: 'trigger',
		operation: 'delete',
		name: 'Delete',
		action: 'Delete trigger',
		form: deleteTrigger,
	},
	{
		resource: 'trigger',
		operation: 'findOrCreate',
		name: 'Find or Create',
		action: 'Find or create trigger',
		form: findOrCreateTrigger,
	},
	{
		resource: 'trigger',
		operation: 'getAll',
		name: 'Get Many',
		action: 'Get many triggers',
		form: listTriggers,
	},
];
