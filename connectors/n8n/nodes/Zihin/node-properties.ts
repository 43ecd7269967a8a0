import { limitField } from '@zihin/connector-kit';
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { phrase, toProperty } from '../shared/properties.ts';
import { isShown } from './inputs.ts';
import { MENU, type MenuEntry } from './menu.ts';

/** The operation that a resource is mostly picked for. */
const DEFAULTS = {
	agent: { name: 'Agent', operation: 'invoke' },
	execution: { name: 'Execution', operation: 'dispatch' },
	trigger: { name: 'Trigger', operation: 'findOrCreate' },
} as const;

/** The menus and the fields of all operations. Fields that may stay empty are gathered under Options. */
export const NODE_PROPERTIES: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: Object.entries(DEFAULTS).map(([value, { name }]) => ({ name, value })),
		default: 'agent',
	},
	...Object.entries(DEFAULTS).map(([resource, { operation }]) => operationMenu(resource, operation)),
	...MENU.flatMap(propertiesOf),
];

function operationMenu(resource: string, preset: string): INodeProperties {
	const entries = MENU.filter(entry => entry.resource === resource);
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: entries.map(({ name, operation, action, form, description = form.description }) => ({
			name,
			value: operation,
			action,
			description: phrase(description),
		})),
		default: preset,
	};
}

function propertiesOf({ resource, operation, form, fields, options = [] }: MenuEntry): INodeProperties[] {
	const show = { resource: [resource], operation: [operation] };
	const shown = fields?.(show) ?? form.fields.filter(isShown).map(field => toProperty(field, { show }));
	const optional = form.fields.filter(field => !isShown(field) && field !== limitField);
	const lists = form.fields.includes(limitField) ? limitProperties({ show }) : [];
	const collected = [...optional.map(field => toProperty(field)), ...options];
	return [...shown, ...lists, ...(collected.length === 0 ? [] : [collection(collected, { show })])];
}

function collection(options: INodeProperties[], displayOptions: IDisplayOptions): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions,
		options: options.sort((a, b) => a.displayName.localeCompare(b.displayName, 'en')),
	};
}

/** How n8n lets a user limit a list, in its own words. */
function limitProperties({ show }: { show: NonNullable<IDisplayOptions['show']> }): INodeProperties[] {
	return [
		{
			displayName: 'Return All',
			name: 'returnAll',
			type: 'boolean',
			default: false,
			description: 'Whether to return all results or only up to a given limit',
			displayOptions: { show },
		},
		{
			displayName: 'Limit',
			name: limitField.key,
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'Max number of results to return',
			displayOptions: { show: { ...show, returnAll: [false] } },
		},
	];
}
