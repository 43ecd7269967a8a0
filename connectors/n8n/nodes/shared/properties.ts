import type { Field } from '@zihin/connector-kit';
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** Turns a field into an n8n property. */
export function toProperty(field: Field, displayOptions?: IDisplayOptions): INodeProperties {
	const preset = field.default ?? field.initial ?? '';
	const property: INodeProperties = {
		displayName: field.label,
		name: field.key,
		description: phrase(field.description),
		type: 'string',
		default: preset,
		...(field.required ? { required: true } : {}),
		...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
		...(displayOptions === undefined ? {} : { displayOptions }),
	};
	switch (field.kind) {
		case 'secret':
			return { ...property, typeOptions: { password: true } };
		case 'long-text':
			return { ...property, typeOptions: { rows: 4 } };
		case 'integer':
			return { ...property, type: 'number', typeOptions: { numberPrecision: 0 } };
		case 'number':
			return { ...property, type: 'number', typeOptions: { numberPrecision: 2 } };
		case 'boolean':
			return { ...property, type: 'boolean' };
		case 'choice':
			return {
				...property,
				type: 'options',
				options: (field.choices ?? []).map(({ value, label, description }) => ({
					name: label,
					value,
					...(description === undefined ? {} : { description }),
				})),
			};
		case 'agent':
			return { ...property, ...locator('searchAgents') };
		case 'trigger':
			return { ...property, ...locator('searchTriggers') };
		case 'text':
		case 'url':
			return property;
	}
}

/** n8n ends a single sentence without a period. */
export function phrase(text: string): string {
	return /^[^.]*\.$/.test(text) ? text.slice(0, -1) : text;
}

const EXAMPLE_ID = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

/** Something to pick from a list, or to name by its ID. */
function locator(searchListMethod: string) {
	return {
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${EXAMPLE_ID}` },
		],
	} satisfies Partial<INodeProperties>;
}
