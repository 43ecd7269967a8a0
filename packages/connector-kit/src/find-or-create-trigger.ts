import type { TriggerMode } from '@zihin/agent-client/core';
import type { Field } from './fields.ts';
import { readChoice, readRequiredText, readText } from './inputs.ts';
import { agentField } from './invoke-agent.ts';
import type { Operation } from './operation.ts';

const name: Field = {
	key: 'name',
	label: 'Trigger Name',
	description: 'The name by which the trigger is found again. The same agent and name give the same trigger.',
	kind: 'text',
	required: true,
	placeholder: 'e.g. Order desk',
};

const MODES = ['async', 'sync'] as const satisfies readonly TriggerMode[];

const mode: Field = {
	key: 'mode',
	label: 'Mode',
	description: 'Whether a dispatch to the trigger answers at once or waits for the result.',
	kind: 'choice',
	required: false,
	default: 'async',
	choices: [
		{
			value: 'async',
			label: 'Asynchronous',
			description: 'A dispatch answers at once; the result comes later',
		},
		{ value: 'sync', label: 'Synchronous', description: 'A dispatch waits and answers with the result' },
	],
};

const callbackUrl: Field = {
	key: 'callbackUrl',
	label: 'Callback URL',
	description:
		'Where results are delivered, in asynchronous mode: a public https URL. Without it they are polled.',
	kind: 'url',
	required: false,
};

/** What *Find or Create Trigger* returns. The trigger's secret is left out: outputs are kept in run logs. */
export interface TriggerOutput {
	/** The trigger's id again, under the name that platforms look for. */
	readonly id: string;
	readonly triggerId: string;
	readonly agentId: string | null;
	readonly name: string;
	readonly mode: TriggerMode;
	readonly callbackUrl: string | null;
	readonly enabled: boolean;
	readonly webhookUrl: string;
	/** Whether it was made now. */
	readonly created: boolean;
}

export const findOrCreateTrigger: Operation<TriggerOutput> = {
	label: 'Find or Create Trigger',
	description: 'Finds a webhook trigger of an agent by its name, or creates it.',
	modelDescription:
		'Use it once to get a triggerId for Dispatch Agent. Repeating it with the same agent and name returns the same trigger. Needs an admin or editor key.',
	fields: [agentField, name, mode, callbackUrl],
	sample: {
		id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
		triggerId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
		agentId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
		name: 'Order desk',
		mode: 'async',
		callbackUrl: null,
		enabled: true,
		webhookUrl: 'https://llm.zihin.ai/api/triggers/webhook/7c9e6679-7425-40de-944b-e07fc1f90ae7',
		created: true,
	},
	run: async (inputs, { client, signal }) => {
		const trigger = await client.findOrCreateTrigger({
			agentId: readRequiredText(inputs, agentField),
			name: readRequiredText(inputs, name),
			mode: readChoice(inputs, mode, MODES) ?? 'async',
			callbackUrl: readText(inputs, callbackUrl),
			signal,
		});
		return {
			id: trigger.triggerId,
			triggerId: trigger.triggerId,
			agentId: trigger.agentId ?? null,
			name: trigger.name,
			mode: trigger.mode,
			callbackUrl: trigger.callbackUrl ?? null,
			enabled: trigger.enabled,
			webhookUrl: trigger.webhookUrl,
			created: trigger.created,
		};
	},
};
