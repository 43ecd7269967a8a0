import { agentField, messageField, triggerField } from '@zihin/connector-kit';
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { toProperty } from '../../shared/properties.ts';

/** Whom a dispatch is for. */
export const SEND_TO: INodeProperties = {
	displayName: 'Send To',
	name: 'sendTo',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Agent',
			value: 'agent',
			description: 'The answer can be read with Execution: Get',
		},
		{
			name: 'Trigger',
			value: 'trigger',
			description: 'The answer goes where the trigger sends it, such as to a Zihin Trigger node',
		},
	],
	default: 'agent',
};

/** The agent or the trigger, whichever is chosen, and the message. */
export function dispatchFields(show: NonNullable<IDisplayOptions['show']>): INodeProperties[] {
	return [
		{ ...SEND_TO, displayOptions: { show } },
		toProperty(agentField, { show: { ...show, sendTo: ['agent'] } }),
		toProperty(triggerField, { show: { ...show, sendTo: ['trigger'] } }),
		toProperty(messageField, { show }),
	];
}
