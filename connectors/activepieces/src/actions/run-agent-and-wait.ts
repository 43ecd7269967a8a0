import { type InputPropertyMap, Property } from '@activepieces/pieces-framework';
import { readRunInputs, runAndWait } from '@zihin/connector-kit';
import { clientFor } from '../client.ts';
import { begin, resume, type Wait } from '../wait/wait.ts';
import { actionOf, type StepContext } from './action.ts';

const props: InputPropertyMap = {
	waitMode: Property.StaticDropdown({
		displayName: 'How to Wait',
		description:
			'Poll works everywhere. With Callback the answer is there a little sooner, but Zihin must reach this Activepieces at a public https address.',
		required: false,
		defaultValue: 'poll',
		options: {
			options: [
				{ label: 'Poll', value: 'poll' },
				{ label: 'Callback', value: 'callback' },
			],
		},
	}),
};

/** It may be repeated: whatever fails, the same run is found again. */
const traits = {
	name: 'run_agent_and_wait',
	audience: 'human',
	idempotent: false,
	mayRetry: true,
	props,
} as const;

export const runAgentAndWait = actionOf(runAndWait, traits, async (context, inputs) => {
	const wait: Wait = {
		platform: context,
		client: clientFor(context.auth.props),
		mode: inputs.waitMode === 'callback' ? 'callback' : 'poll',
		...readRunInputs(inputs),
	};
	return 'resumePayload' in context && isResumed(context) ? resume(wait, context.resumePayload) : begin(wait);
});

/** The platform's own name for it: the package that has it as a constant is not published for pieces. */
function isResumed({ executionType }: StepContext): boolean {
	return executionType.toString() === 'RESUME';
}
