import type { Execution } from '@zihin/agent-client/core';
import { ANSWER_SAMPLE, ANSWER_SCHEMA, type AnswerOutput, answerOutput } from './answer-output.ts';
import type { Field, Inputs } from './fields.ts';
import { readNumber, readRequiredText } from './inputs.ts';
import { agentField, messageField } from './invoke-agent.ts';
import { object, TEXT } from './json-schema.ts';
import type { OperationForm } from './operation.ts';

const waitMinutes: Field = {
	key: 'waitMinutes',
	label: 'Wait Limit (Minutes)',
	description: 'How long to wait for the answer. The run itself goes on after that, and can be read later.',
	kind: 'number',
	required: false,
	default: 10,
};

/** What *Run and Wait* returns: the answer as a direct invocation gives it, and where it can be read again. */
export interface RunOutput extends AnswerOutput {
	readonly executionId: string;
	readonly triggerId: string;
}

/** How a run is started and waited for is each platform's own; see `decide`. */
export const runAndWait: OperationForm<RunOutput> = {
	label: 'Run Agent and Wait',
	description: 'Sends a message to an agent and sleeps until its answer is there.',
	modelDescription: 'Each call runs the agent once and is billed. Needs an admin or editor key.',
	fields: [agentField, messageField, waitMinutes],
	sample: {
		...ANSWER_SAMPLE,
		executionId: '9b2f1c1e-3d0a-4a53-9c57-6c1f0d1c8a11',
		triggerId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
	},
	outputSchema: object<keyof RunOutput>({ ...ANSWER_SCHEMA.properties, executionId: TEXT, triggerId: TEXT }),
};

export interface RunInputs {
	readonly agentId: string;
	readonly message: string;
	readonly waitMs: number;
}

/** @throws {ZihinAgentError} kind `config` */
export function readRunInputs(inputs: Inputs): RunInputs {
	const minutes = readNumber(inputs, waitMinutes, 1) ?? Number(waitMinutes.default);
	return {
		agentId: readRequiredText(inputs, agentField),
		message: readRequiredText(inputs, messageField),
		waitMs: minutes * 60_000,
	};
}

/** @param execution one that has completed */
export function runOutput(execution: Execution): RunOutput {
	const { executionId, triggerId } = execution;
	return { ...answerOutput(execution), executionId, triggerId };
}
