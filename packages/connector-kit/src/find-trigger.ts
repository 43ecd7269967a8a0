import { triggerNameField } from './find-or-create-trigger.ts';
import { readRequiredText } from './inputs.ts';
import { agentField } from './invoke-agent.ts';
import type { Operation } from './operation.ts';
import {
	TRIGGER_SAMPLE,
	TRIGGER_SCHEMA,
	type TriggerOutput,
	triggerOutput,
	withoutToken,
} from './trigger-output.ts';

/** None or one. */
export const findTrigger: Operation<readonly TriggerOutput[]> = {
	label: 'Find Trigger',
	description: 'Finds a webhook trigger of an agent by its name.',
	modelDescription:
		'Use it to get the triggerId of a trigger whose name is known. It changes nothing. Needs an admin or editor key.',
	fields: [agentField, triggerNameField],
	sample: [TRIGGER_SAMPLE],
	outputSchema: TRIGGER_SCHEMA,
	run: async (inputs, { client, signal }) => {
		const wanted = readRequiredText(inputs, triggerNameField);
		const triggers = await client.listTriggers({ agentId: readRequiredText(inputs, agentField), signal });
		// The one that Find or Create Trigger takes. Lists come newest first.
		const oldest = triggers
			.filter(({ name, type, enabled }) => name === wanted && type === 'webhook' && enabled)
			.at(-1);
		return oldest === undefined ? [] : [withoutToken(triggerOutput(oldest))];
	},
};
