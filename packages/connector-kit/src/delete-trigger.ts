import { readRequiredText } from './inputs.ts';
import { BOOLEAN, object } from './json-schema.ts';
import type { Operation } from './operation.ts';
import { triggerField } from './trigger-field.ts';

/** What *Delete Trigger* returns. */
export interface DeletedOutput {
	readonly deleted: true;
}

export const deleteTrigger: Operation<DeletedOutput> = {
	label: 'Delete Trigger',
	description: 'Deletes a trigger, and with it the record of the runs that were sent to it.',
	modelDescription: 'It cannot be undone. Needs an admin key.',
	fields: [triggerField],
	sample: { deleted: true },
	outputSchema: object<keyof DeletedOutput>({ deleted: BOOLEAN }),
	run: async (inputs, { client, signal }) => {
		await client.deleteTrigger({ triggerId: readRequiredText(inputs, triggerField), signal });
		return { deleted: true };
	},
};
