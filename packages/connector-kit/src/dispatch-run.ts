import { ZihinAgentError } from '@zihin/agent-client/core';
import { DISPATCH_SCHEMA, type DispatchOutput, dispatchAgent } from './dispatch-agent.ts';
import { dispatchToAgent } from './dispatch-to-agent.ts';
import { readText } from './inputs.ts';
import { agentField, messageField } from './invoke-agent.ts';
import type { Operation } from './operation.ts';
import { triggerField } from './trigger-field.ts';

/** {@link dispatchToAgent} and {@link dispatchAgent} in one form, for platforms that cannot hide a field. */
export const dispatchRun: Operation<DispatchOutput> = {
	label: 'Dispatch Agent',
	description: 'Sends a message to an agent, or to a trigger, and goes on without waiting for the answer.',
	modelDescription:
		'Use it for work that takes longer than a step may: give either the agent or the trigger. It returns an executionId and a triggerId to read the result with. Each call runs the agent once and is billed. Needs an admin or editor key.',
	fields: [messageField, { ...agentField, required: false }, { ...triggerField, required: false }],
	sample: dispatchAgent.sample,
	outputSchema: DISPATCH_SCHEMA,
	run: async (inputs, context) => {
		const [agent, trigger] = [readText(inputs, agentField), readText(inputs, triggerField)];
		if ((agent === undefined) === (trigger === undefined)) {
			throw new ZihinAgentError({
				kind: 'config',
				message: `Fill in either ${agentField.label} or ${triggerField.label}: one of them, and only one, is who the message is sent to.`,
			});
		}
		return (trigger === undefined ? dispatchToAgent : dispatchAgent).run(inputs, context);
	},
};
