import type { Operation } from '@zihin/connector-kit';
import { clientFor } from '../client.ts';
import { LIMITS } from '../limits.ts';
import { type ActionTraits, actionOf } from './action.ts';

/** An operation that is one call. */
export function callAction<Output extends object>(operation: Operation<Output>, traits: ActionTraits) {
	return actionOf(operation, traits, ({ auth }, inputs) =>
		operation.run(inputs, { client: clientFor(auth.props), limits: LIMITS }),
	);
}
