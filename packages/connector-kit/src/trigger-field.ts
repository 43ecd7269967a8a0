import type { Field } from './fields.ts';

/** The trigger that runs are sent to. Other operations ask for it in the same words. */
export const triggerField: Field = {
	key: 'triggerId',
	label: 'Trigger',
	description:
		'The trigger to use. Pick it from the list, or give the trigger ID that Find or Create Trigger returned.',
	kind: 'trigger',
	required: true,
};
