import type { Field, FieldKind } from '@zihin/connector-kit';
import type { PlainInputField } from 'zapier-platform-core';

const TYPES = {
	agent: 'string',
	trigger: 'string',
	text: 'string',
	'long-text': 'text',
	secret: 'password',
	integer: 'integer',
	number: 'number',
	boolean: 'boolean',
	choice: 'string',
	url: 'string',
} as const satisfies Record<FieldKind, PlainInputField['type']>;

/** What fields of a connection and of a step have in common. */
export function toField({ key, label, description, kind, required, placeholder, choices, ...field }: Field) {
	return {
		key,
		label,
		type: TYPES[kind],
		required,
		helpText: description,
		...(field.default === undefined ? {} : { default: String(field.default) }),
		...(placeholder === undefined ? {} : { placeholder }),
		...(choices === undefined
			? {}
			: {
					choices: choices.map(choice => ({
						value: choice.value,
						sample: choice.value,
						label: choice.label,
					})),
				}),
	};
}

/** Where the values of a field are picked from, or searched by a step before. */
const PICKED: Partial<Record<FieldKind, Pick<PlainInputField, 'dynamic' | 'search'>>> = {
	agent: { dynamic: 'agent_list.id.name', search: 'find_agent.id' },
	trigger: { dynamic: 'trigger_list.id.name', search: 'find_trigger.id' },
};

/** A field of a step. */
export function toInputField(field: Field): PlainInputField {
	return { ...toField(field), ...PICKED[field.kind] };
}
