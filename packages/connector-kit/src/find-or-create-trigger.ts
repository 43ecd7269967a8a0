import type { TriggerMode } from '@zihin/agent-client/core';
import type { Field } from './fields.ts';
import { readChoice, readRequiredText, readText } from './inputs.ts';
import { agentField } from './invoke-agent.ts';
import { BOOLEAN, object } from './json-schema.ts';
import type { Operation } from './operation.ts';
import { TRIGGER_SAMPLE, TRIGGER_SCHEMA, type TriggerOutput, triggerOutput } from './trigger-output.ts';

/** Other operations ask for it in the same words. */
export const triggerNameField: Field = {
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

/** What *Find or Create Trigger* returns. */
export interface FoundTriggerOutput extends TriggerOutput {
	/** Whether it was made now. */
	readonly created: boolean;
}

export const findOrCreateTrigger: Operation<FoundTriggerOutput> = {
	label: 'Find or Create Trigger',
	description: 'Finds a webhook trigger of an agent by its name, or creates it.',
	modelDescription:
		'Use it once to get a triggerId for Dispatch Agent. Repeating it with the same agent and name returns the same trigger. Needs an admin or editor key.',
	fields: [agentField, triggerNameField, mode, callbackUrl],
	sample: { ...TRIGGER_SAMPLE, created: true },
	outputSchema: object<keyof FoundTriggerOutput>({ ...TRIGGER_SCHEMA.properties, created: BOOLEAN }),
	run: async (inputs, { client, signal }) => {
		const trigger = await client.findOrCreateTrigger({
			agentId: readRequiredText(inputs, agentField),
			name: readRequiredText(inputs, triggerNameField),
			mode: readChoice(inputs, mode, MODES) ?? 'async',
			callbackUrl: readText(inputs, callbackUrl),
			signal,
		});
		return { ...triggerOutput(trigger), created: trigger.created };
	},
};
