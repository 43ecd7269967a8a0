import { readRequiredText } from './inputs.ts';
import { messageField } from './invoke-agent.ts';
import { nullable, object, TEXT } from './json-schema.ts';
import type { Operation } from './operation.ts';
import { triggerField } from './trigger-field.ts';

/** What *Dispatch Agent* returns. */
export interface DispatchOutput {
	/** The execution's id again, under the name that platforms look for. */
	readonly id: string;
	readonly executionId: string;
	readonly triggerId: string;
	readonly status: string;
	readonly sessionId: string | null;
	/** The answer, when the trigger is synchronous. */
	readonly content: string | null;
}

export const DISPATCH_SCHEMA = object<keyof DispatchOutput>({
	id: TEXT,
	executionId: TEXT,
	triggerId: TEXT,
	status: TEXT,
	sessionId: nullable(TEXT),
	content: nullable(TEXT),
});

export const dispatchAgent: Operation<DispatchOutput> = {
	label: 'Dispatch Agent',
	description: 'Sends a message to the agent of a trigger without waiting for a long answer.',
	modelDescription:
		'Use it for work that takes longer than a step may. It returns an executionId; the result comes to the callback of the trigger. Each call runs the agent once and is billed.',
	fields: [triggerField, messageField],
	sample: {
		id: '9b2f1c1e-3d0a-4a53-9c57-6c1f0d1c8a11',
		executionId: '9b2f1c1e-3d0a-4a53-9c57-6c1f0d1c8a11',
		triggerId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
		status: 'pending',
		sessionId: '0f8fad5b-d9cb-469f-a165-70867728950e',
		content: null,
	},
	outputSchema: DISPATCH_SCHEMA,
	run: async (inputs, { client, limits, signal }) => {
		const trigger = readRequiredText(inputs, triggerField);
		const { executionId, status, sessionId, content } = await client.dispatchAgent({
			triggerId: trigger,
			payload: { message: readRequiredText(inputs, messageField) },
			timeoutMs: limits.defaultTimeoutSeconds * 1000,
			signal,
		});
		return {
			id: executionId,
			executionId,
			triggerId: trigger,
			status,
			sessionId: sessionId ?? null,
			content: content ?? null,
		};
	},
};
