import { OPERATIONS, type OperationName } from '@zihin/connector-kit';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { toProperty } from './properties.ts';

/** Where each operation stands in the node's two menus, in n8n's words. */
const MENU = {
	agent: {
		name: 'Agent',
		operations: {
			invoke: { name: 'Invoke', action: 'Invoke agent', runs: 'invokeAgent' },
			getAll: { name: 'Get Many', action: 'Get many agents', runs: 'listAgents' },
		},
	},
	execution: {
		name: 'Execution',
		operations: { dispatch: { name: 'Dispatch', action: 'Dispatch execution', runs: 'dispatchAgent' } },
	},
	trigger: {
		name: 'Trigger',
		operations: {
			findOrCreate: {
				name: 'Find or Create',
				action: 'Find or create trigger',
				runs: 'findOrCreateTrigger',
			},
		},
	},
} as const satisfies Record<string, { name: string; operations: Record<string, MenuEntry> }>;

interface MenuEntry {
	readonly name: string;
	readonly action: string;
	readonly runs: OperationName;
}

interface MenuPlace extends MenuEntry {
	readonly resource: string;
	readonly operation: string;
}

/** Every operation with its place in the menus. */
export const MENU_PLACES: readonly MenuPlace[] = Object.entries(MENU).flatMap(([resource, { operations }]) =>
	Object.entries<MenuEntry>(operations).map(([operation, entry]) => ({ resource, operation, ...entry })),
);

/** Which operation stands at a place in the menus. */
export function operationAt(resource: string, operation: string): OperationName | undefined {
	return MENU_PLACES.find(place => place.resource === resource && place.operation === operation)?.runs;
}

/** The menus and the fields of all operations. Fields that may stay empty are gathered under Options. */
export const NODE_PROPERTIES: INodeProperties[] = [
	menu(
		'Resource',
		'resource',
		Object.entries(MENU).map(([value, { name }]) => ({ name, value })),
	),
	...Object.keys(MENU).map(resource => operationMenu(resource)),
	...MENU_PLACES.flatMap(fieldsOf),
];

function menu(displayName: string, name: string, options: INodePropertyOptions[]): INodeProperties {
	return {
		displayName,
		name,
		type: 'options',
		noDataExpression: true,
		options,
		default: options[0]?.value ?? '',
	};
}

function operationMenu(resource: string): INodeProperties {
	const options = MENU_PLACES.filter(place => place.resource === resource).map(place => ({
		name: place.name,
		value: place.operation,
		action: place.action,
		description: OPERATIONS[place.runs].description,
	}));
	return { ...menu('Operation', 'operation', options), displayOptions: { show: { resource: [resource] } } };
}

function fieldsOf({ resource, operation, runs }: MenuPlace): INodeProperties[] {
	const displayOptions = { show: { resource: [resource], operation: [operation] } };
	const { fields } = OPERATIONS[runs];
	const required = fields.filter(field => field.required).map(field => toProperty(field, displayOptions));
	const optional = fields.filter(field => !field.required).map(field => toProperty(field));
	if (optional.length === 0) return required;
	const options: INodeProperties = {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions,
		options: optional,
	};
	return [...required, options];
}
