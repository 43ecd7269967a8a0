import { OPERATIONS, type Operation } from '@zihin/connector-kit';
import type { Create } from 'zapier-platform-core';
import { inZapierTerms } from './errors.ts';
import { toInputField } from './fields.ts';
import { LIMITS } from './limits.ts';
import { clientFor } from './transport.ts';

/** Everything but the list of agents. Keys are part of every saved Zap: never changed once published. */
export const creates = {
	invoke_agent: create('invoke_agent', 'Answer', OPERATIONS.invokeAgent),
	dispatch_agent: create('dispatch_agent', 'Execution', OPERATIONS.dispatchAgent),
	// One step and no search-or-create: the client finds and creates in one call, and what two steps at once
	// would create twice, it creates once.
	find_or_create_trigger: create('find_or_create_trigger', 'Trigger', OPERATIONS.findOrCreateTrigger),
};

function create(key: string, noun: string, operation: Operation<object>): Create {
	const { label, description, fields, sample, run } = operation;
	return {
		key,
		noun,
		display: { label, description },
		operation: {
			inputFields: fields.map(toInputField),
			perform: (z, bundle) =>
				inZapierTerms(z, () => run(bundle.inputData, { client: clientFor(z, bundle), limits: LIMITS })),
			sample: { ...sample },
		},
	};
}
