import { DISPATCH_SCHEMA, type DispatchOutput, dispatchAgent } from './dispatch-agent.ts';
import { readRequiredText } from './inputs.ts';
import { agentField, messageField } from './invoke-agent.ts';
import type { Operation } from './operation.ts';

/** Every dispatch to an agent goes through its one trigger of this name, so that their number does not grow. */
const TRIGGER_NAME = 'zihin-connectors: dispatch';

/** As {@link dispatchAgent}, for who has no trigger: the agent is given one. */
export const dispatchToAgent: Operation<DispatchOutput> = {
	label: 'Dispatch to Agent',
	description: 'Sends a message to an agent without waiting for its answer.',
	modelDescription:
		'Use it for work that takes longer than a step may. It returns an executionId and a triggerId to read the result with. Each call runs the agent once and is billed. Needs an admin or editor key.',
	fields: [agentField, messageField],
	sample: dispatchAgent.sample,
	outputSchema: DISPATCH_SCHEMA,
	run: async (inputs, context) => {
		const message = readRequiredText(inputs, messageField);
		const { client, signal } = context;
		const { triggerId } = await client.findOrCreateTrigger({
			agentId: readRequiredText(inputs, agentField),
			name: TRIGGER_NAME,
			mode: 'async',
			signal,
		});
		return dispatchAgent.run({ triggerId, message }, context);
	},
};
