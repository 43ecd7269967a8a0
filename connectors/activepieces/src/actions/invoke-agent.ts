import { OPERATIONS } from '@zihin/connector-kit';
import { ATTACHMENTS, attachmentsProperty, readAttachments } from '../attachments.ts';
import { clientFor } from '../client.ts';
import { INVOKE_LIMITS } from '../limits.ts';
import { actionOf } from './action.ts';

const traits = {
	name: 'invoke_agent',
	audience: 'both',
	idempotent: false,
	mayRetry: false,
	limits: INVOKE_LIMITS,
	props: { [ATTACHMENTS]: attachmentsProperty },
} as const;

export const invokeAgent = actionOf(OPERATIONS.invokeAgent, traits, async ({ auth }, inputs) =>
	OPERATIONS.invokeAgent.run(inputs, {
		client: clientFor(auth.props),
		limits: INVOKE_LIMITS,
		attachments: readAttachments(inputs[ATTACHMENTS]),
	}),
);
