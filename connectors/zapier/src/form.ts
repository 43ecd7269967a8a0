import type { OperationForm } from '@zihin/connector-kit';
import { toInputField } from './fields.ts';
import { toOutputFields } from './output-fields.ts';

/** What a user sees of an operation, in Zapier's terms. Of an output that is a list, it is about one item. */
export function formOf({
	label,
	description,
	modelDescription,
	fields,
	sample,
	outputSchema,
}: OperationForm<object>) {
	const [first = {}]: object[] = [sample].flat();
	return {
		// The description is what a model reads that has this operation as a tool.
		display: { label, description: `${description} ${modelDescription}` },
		operation: {
			inputFields: fields.map(toInputField),
			outputFields: toOutputFields(outputSchema),
			sample: { ...first },
		},
	};
}
