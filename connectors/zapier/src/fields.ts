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

/** A field of a step. An agent is picked from a list, or comes from a search step before. */
export function toInputField(field: Field): PlainInputField {
	return field.kind === 'agent'
		? { ...toField(field), dynamic: 'agent_list.id.name', search: 'list_agents.id' }
		: toField(field);
}
