import {
	EXECUTION_SAMPLE,
	EXECUTION_SCHEMA,
	type ExecutionOutput,
	executionOutput,
} from './execution-output.ts';
import type { Field } from './fields.ts';
import { readRequiredText, readSwitch } from './inputs.ts';
import type { Operation } from './operation.ts';
import { simplifyField } from './simplify-field.ts';
import { triggerField } from './trigger-field.ts';

const executionId: Field = {
	key: 'executionId',
	label: 'Execution ID',
	description: 'The run to read: the execution ID that the dispatch returned.',
	kind: 'text',
	required: true,
};

export const getExecution: Operation<ExecutionOutput> = {
	label: 'Get Execution',
	description: 'Reads how far a dispatched run is, and its answer once it has completed.',
	modelDescription:
		'Use it after a dispatch, with the ids that the dispatch returned. While the status is pending or running there is no answer yet. It changes nothing. Needs an admin or editor key.',
	fields: [triggerField, executionId, simplifyField],
	sample: EXECUTION_SAMPLE,
	outputSchema: EXECUTION_SCHEMA,
	run: async (inputs, { client, signal }) => {
		const simplify = readSwitch(inputs, simplifyField);
		const execution = await client.getExecution({
			triggerId: readRequiredText(inputs, triggerField),
			executionId: readRequiredText(inputs, executionId),
			signal,
		});
		return executionOutput(execution, simplify);
	},
};
