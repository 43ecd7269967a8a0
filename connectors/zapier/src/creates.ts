import { dispatchRun, OPERATIONS, type Operation } from '@zihin/connector-kit';
import type { Create } from 'zapier-platform-core';
import { inZapierTerms } from './errors.ts';
import { formOf } from './form.ts';
import { LIMITS } from './limits.ts';
import { clientFor } from './transport.ts';

/** Keys are part of every saved Zap: never changed once published. */
export const creates = {
	invoke_agent: create('invoke_agent', 'Answer', OPERATIONS.invokeAgent),
	dispatch_agent: create('dispatch_agent', 'Execution', dispatchRun),
	// What two steps at once would create twice it creates once: it looks before.
	create_trigger: create('create_trigger', 'Trigger', {
		...OPERATIONS.findOrCreateTrigger,
		label: 'Create Trigger',
		description: 'Creates a webhook trigger of an agent, or takes the one that has this name already.',
	}),
};

function create(key: string, noun: string, form: Operation<object>): Create {
	const { display, operation } = formOf(form);
	return {
		key,
		noun,
		display,
		operation: {
			...operation,
			perform: (z, bundle) =>
				inZapierTerms(z, () => form.run(bundle.inputData, { client: clientFor(z, bundle), limits: LIMITS })),
		},
	};
}
