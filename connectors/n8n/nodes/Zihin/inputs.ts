import type { Field, Inputs, OperationForm } from '@zihin/connector-kit';
import { limitField } from '@zihin/connector-kit';
import type { Step } from './actions/action.ts';

/** What the user has entered into an operation's form for one item. */
export function readInputs({ context, item }: Step, { fields }: OperationForm<object>): Inputs {
	const read = ({ key, kind }: Field) => {
		const extract = kind === 'agent' || kind === 'trigger' ? { extractValue: true } : {};
		return [key, context.getNodeParameter(key, item, '', extract)] as const;
	};
	const values = Object.fromEntries(fields.filter(isShown).map(read));
	const limit = fields.includes(limitField) ? { [limitField.key]: readLimit({ context, item }) } : {};
	return { ...context.getNodeParameter('options', item, {}), ...values, ...limit };
}

/** Whether a field always stands in the form. What may stay empty is added by the user, under Options. */
export function isShown({ required }: Field): boolean {
	return required;
}

function readLimit({ context, item }: Pick<Step, 'context' | 'item'>): unknown {
	return context.getNodeParameter('returnAll', item, false)
		? undefined
		: context.getNodeParameter(limitField.key, item, limitField.initial);
}
