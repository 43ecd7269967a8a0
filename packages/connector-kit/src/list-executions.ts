import {
	EXECUTION_SAMPLE,
	EXECUTION_SCHEMA,
	type ExecutionOutput,
	executionOutput,
} from './execution-output.ts';
import { readRequiredText, readSwitch } from './inputs.ts';
import { limitField, readLimit } from './limit-field.ts';
import type { Operation } from './operation.ts';
import { simplifyField } from './simplify-field.ts';
import { triggerField } from './trigger-field.ts';

export const listExecutions: Operation<readonly ExecutionOutput[]> = {
	label: 'List Executions',
	description: 'Lists the runs that were sent to a trigger, newest first.',
	modelDescription:
		'Use it to find a run whose ID is not known. It changes nothing. Needs an admin or editor key.',
	fields: [triggerField, limitField, simplifyField],
	sample: [EXECUTION_SAMPLE],
	outputSchema: EXECUTION_SCHEMA,
	run: async (inputs, { client, signal }) => {
		const simplify = readSwitch(inputs, simplifyField);
		const executions = await client.listExecutions({
			triggerId: readRequiredText(inputs, triggerField),
			limit: readLimit(inputs),
			signal,
		});
		return executions.map(execution => executionOutput(execution, simplify));
	},
};
