import { ANSWER_SAMPLE } from './answer-output.ts';
import { EXECUTION_SAMPLE, EXECUTION_SCHEMA, type ExecutionOutput } from './execution-output.ts';
import { agentField } from './invoke-agent.ts';
import type { OperationForm } from './operation.ts';

/** What starts a workflow. */
export const runFinished: OperationForm<ExecutionOutput> = {
	label: 'Agent Run Finished',
	description: 'Starts when a run that was sent to its own trigger has finished, with an answer or without.',
	modelDescription:
		'The trigger belongs to this workflow. Runs are sent to it by Dispatch Agent, by another workflow, or by anything that can POST with a key; other runs of the agent do not start it.',
	fields: [agentField],
	sample: {
		...EXECUTION_SAMPLE,
		model: ANSWER_SAMPLE.model,
		usage: ANSWER_SAMPLE.usage,
		createdAt: '2026-01-05T09:30:00.000Z',
		completedAt: '2026-01-05T09:32:05.000Z',
		durationMs: 125_000,
	},
	outputSchema: EXECUTION_SCHEMA,
};
