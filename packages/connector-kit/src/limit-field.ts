import type { Field, Inputs } from './fields.ts';
import { readNumber } from './inputs.ts';

/** For lists. */
export const limitField: Field = {
	key: 'limit',
	label: 'Limit',
	description: 'The most results to return. Leave it empty for all of them.',
	kind: 'integer',
	required: false,
	initial: 50,
};

export function readLimit(inputs: Inputs): number | undefined {
	return readNumber(inputs, limitField, 1);
}
