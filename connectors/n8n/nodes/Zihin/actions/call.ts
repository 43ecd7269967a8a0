import type { Operation } from '@zihin/connector-kit';
import { readInputs } from '../inputs.ts';
import { type Action, operationContext } from './action.ts';

/** An operation that is one call. */
export function call(operation: Operation<object>): Action {
	return step => operation.run(readInputs(step, operation), operationContext(step));
}
