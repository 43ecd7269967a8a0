import { ZihinAgentError } from '@zihin/agent-client/core';
import type { Field, Inputs } from './fields.ts';

/**
 * Reading what a user entered. Platforms hand over numbers and switches as texts, and blank fields as empty
 * texts or `null`; a blank field counts as not set.
 */
function filledIn(inputs: Inputs, field: Field): unknown {
	const value = inputs[field.key];
	return value === '' || value === null ? undefined : value;
}

function refuse(field: Field, expectation: string): ZihinAgentError {
	return new ZihinAgentError({ kind: 'config', message: `${field.label} ${expectation}.` });
}

/** A text exactly as it was handed over: a prompt is never trimmed or rewritten. */
export function readText(inputs: Inputs, field: Field): string | undefined {
	const value = filledIn(inputs, field);
	if (value === undefined || typeof value === 'string') return value;
	throw refuse(field, 'must be a text');
}

/** As {@link readText}, of a field that must not be empty. */
export function readRequiredText(inputs: Inputs, field: Field): string {
	const value = readText(inputs, field);
	if (value === undefined) throw refuse(field, 'is empty: fill it in');
	return value;
}

export function readNumber(inputs: Inputs, field: Field, smallest: number): number | undefined {
	const value = filledIn(inputs, field);
	if (value === undefined) return undefined;
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	const whole = field.kind === 'integer';
	if (
		typeof number === 'number' &&
		Number.isFinite(number) &&
		number >= smallest &&
		(!whole || Number.isInteger(number))
	) {
		return number;
	}
	throw refuse(field, `must be a ${whole ? 'whole ' : ''}number, ${smallest} or more`);
}

/** A blank switch is what the field says it is by default. */
export function readSwitch(inputs: Inputs, field: Field): boolean {
	const value = filledIn(inputs, field);
	if (value === undefined) return field.default === true;
	if (value === false || value === 'false') return false;
	if (value === true || value === 'true') return true;
	throw refuse(field, 'must be true or false');
}

export function readChoice<Value extends string>(
	inputs: Inputs,
	field: Field,
	values: readonly Value[],
): Value | undefined {
	const value = filledIn(inputs, field);
	const known = values.find(candidate => candidate === value);
	if (value === undefined || known !== undefined) return known;
	throw refuse(field, `must be one of ${values.join(', ')}`);
}
