import type { Field } from './fields.ts';

/** For answers of which most people need a few fields only. */
export const simplifyField: Field = {
	key: 'simplify',
	label: 'Simplify',
	description: 'Whether to return a simplified version of the response instead of the raw data.',
	kind: 'boolean',
	required: false,
	default: true,
};
