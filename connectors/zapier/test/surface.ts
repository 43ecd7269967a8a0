import { type Action, type Definition, fieldsOf, isVisible } from './definition.ts';

interface Input {
	readonly type: string;
	readonly required: boolean;
	/** Whether it has a value where a user enters none. */
	readonly filled: boolean;
}

interface Operation {
	/** `hook` or `polling`, of triggers. */
	readonly type?: string;
	readonly hidden: boolean;
	readonly inputs: Readonly<Record<string, Input>>;
	readonly outputs: readonly string[];
}

/** What saved Zaps and connections hold on to. */
export interface Surface {
	readonly version: string;
	readonly authentication: { readonly type: string; readonly fields: Readonly<Record<string, Input>> };
	readonly operations: Readonly<Record<string, Operation>>;
	readonly searchOrCreates: readonly string[];
}

export function surfaceOf(definition: Definition): Surface {
	const { version, authentication, triggers, searches, creates, searchOrCreates } = definition;
	const kinds = { triggers, searches, creates };
	return {
		version,
		authentication: { type: authentication.type, fields: inputsOf(authentication.fields) },
		operations: Object.fromEntries(
			Object.entries(kinds).flatMap(([kind, actions]) =>
				Object.entries<Action>(actions).map(([key, action]) => [`${kind}.${key}`, operationOf(kind, action)]),
			),
		),
		searchOrCreates: Object.keys(searchOrCreates),
	};
}

function operationOf(kind: string, action: Action): Operation {
	const { type = 'polling' } = action.operation as { readonly type?: string };
	return {
		...(kind === 'triggers' && { type }),
		hidden: !isVisible(action),
		inputs: inputsOf(fieldsOf(action)),
		outputs: keyPaths(action.operation.sample ?? {}),
	};
}

interface AnyField {
	readonly key: string;
	readonly type?: string;
	readonly required?: boolean;
	readonly default?: unknown;
}

function inputsOf(fields: readonly AnyField[]): Readonly<Record<string, Input>> {
	return Object.fromEntries(
		fields.map(({ key, type = 'string', required = false, ...field }) => [
			key,
			{ type, required, filled: field.default !== undefined },
		]),
	);
}

/** The keys of an output, inner ones with a dot. Items of a list are its own. */
export function keyPaths(value: object, prefix = ''): readonly string[] {
	return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
		const path = `${prefix}${key}`;
		const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
		return isObject ? [path, ...keyPaths(inner, `${path}.`)] : [path];
	});
}

/** What of a published version the next one takes away from saved Zaps: each of it needs a new major version. */
export function breakages(published: Surface, next: Surface): readonly string[] {
	const found: string[] = [];
	if (next.authentication.type !== published.authentication.type)
		found.push('another type of authentication');
	found.push(
		...inputBreakages('the connection', published.authentication.fields, next.authentication.fields),
	);
	for (const [key, before] of Object.entries(published.operations)) {
		const after = next.operations[key];
		if (after === undefined) {
			found.push(`${key} is gone`);
			continue;
		}
		if (after.hidden && !before.hidden) found.push(`${key} is hidden`);
		if (after.type !== before.type) found.push(`${key} is a trigger of another type`);
		found.push(...inputBreakages(key, before.inputs, after.inputs));
		const gone = before.outputs.filter(path => !after.outputs.includes(path));
		found.push(...gone.map(path => `${key} no longer returns ${path}`));
	}
	const gone = published.searchOrCreates.filter(key => !next.searchOrCreates.includes(key));
	return [...found, ...gone.map(key => `the search-or-create ${key} is gone`)];
}

function* inputBreakages(
	where: string,
	before: Readonly<Record<string, Input>>,
	after: Readonly<Record<string, Input>>,
): Iterable<string> {
	for (const [key, input] of Object.entries(before)) {
		const now = after[key];
		if (now === undefined) yield `${where} no longer has the field ${key}`;
		else if (now.type !== input.type) yield `${where} has another type of ${key}`;
	}
	for (const [key, { required, filled }] of Object.entries(after)) {
		if (required && !filled && before[key]?.required !== true) yield `${where} now needs ${key}`;
	}
}
