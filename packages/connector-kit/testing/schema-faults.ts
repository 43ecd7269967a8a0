import type { OperationForm } from '@zihin/connector-kit';
import { Ajv } from 'ajv';

const ajv = new Ajv({ allowUnionTypes: true });

/** What is wrong with an output, or with any item of one that is a list; nothing when its schema describes it. */
export function schemaFaults(
	{ outputSchema }: Pick<OperationForm<object>, 'outputSchema'>,
	output: unknown,
): string {
	const validate = ajv.compile({ ...outputSchema, additionalProperties: false });
	const faults = [output]
		.flat()
		.flatMap(item => (validate(item) ? [] : [ajv.errorsText(validate.errors, { dataVar: 'output' })]));
	return faults.join('; ');
}
