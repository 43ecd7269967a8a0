import { type Action, createAction } from '@activepieces/pieces-framework';
import { OPERATIONS, type Operation, type OperationName } from '@zihin/connector-kit';
import { agentDropdown } from './agent-dropdown.ts';
import { auth } from './auth.ts';
import { clientFor } from './client.ts';
import { stepError } from './errors.ts';
import { property } from './fields.ts';
import { LIMITS } from './limits.ts';

/**
 * An operation as an action.
 * @param name part of every saved flow: never changed once published
 * @param idempotent whether running it twice is the same as running it once
 */
function actionFor<Output>(name: string, operation: Operation<Output>, idempotent: boolean) {
	return createAction({
		name,
		auth,
		displayName: operation.label,
		description: operation.description,
		audience: 'both',
		aiMetadata: { description: `${operation.description} ${operation.modelDescription}`, idempotent },
		props: Object.fromEntries(
			operation.fields.map(field => [
				field.key,
				field.kind === 'agent' ? agentDropdown(field) : property(field),
			]),
		),
		errorHandlingOptions: {
			// The platform repeats any failed step three times. An agent that ran would run again, and be billed.
			retryOnFailure: { defaultValue: false, hide: !idempotent },
			continueOnFailure: { defaultValue: false },
		},
		run: async ({ auth: { props }, propsValue }) => {
			try {
				return await operation.run(propsValue, { client: clientFor(props), limits: LIMITS });
			} catch (error) {
				throw stepError(error);
			}
		},
	});
}

const ACTIONS: Readonly<Record<OperationName, Action>> = {
	invokeAgent: actionFor('invoke_agent', OPERATIONS.invokeAgent, false),
	listAgents: actionFor('list_agents', OPERATIONS.listAgents, true),
	findOrCreateTrigger: actionFor('find_or_create_trigger', OPERATIONS.findOrCreateTrigger, true),
	dispatchAgent: actionFor('dispatch_agent', OPERATIONS.dispatchAgent, false),
};

export const actions = Object.values(ACTIONS);
