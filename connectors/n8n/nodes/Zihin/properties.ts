import type { Field } from '@zihin/connector-kit';
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** Turns a field into an n8n property. */
export function toProperty(field: Field, displayOptions?: IDisplayOptions): INodeProperties {
	const property: INodeProperties = {
		displayName: field.label,
		name: field.key,
		description: field.description,
		type: 'string',
		default: field.default ?? '',
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
			return {
				...property,
				type: 'resourceLocator',
				default: { mode: 'list', value: '' },
				modes: [
					{
						displayName: 'From List',
						name: 'list',
						type: 'list',
						typeOptions: { searchListMethod: 'searchAgents', searchable: true },
					},
					{ displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${EXAMPLE_ID}` },
				],
			};
		case 'text':
		case 'url':
			return property;
	}
}

const EXAMPLE_ID = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
