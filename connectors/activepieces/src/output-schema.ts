import type { Action } from '@activepieces/pieces-framework';
import { type JsonSchema, outputLabel } from '@zihin/connector-kit';
import { flatKey } from './output.ts';

type OutputSchema = NonNullable<Action['outputSchema']>;
type OutputField = OutputSchema['fields'][number];

/** What the platform shows of an output before and after the first run: the keys of `flatRow`. */
export function outputSchema(schema: JsonSchema): OutputSchema {
	return { fields: [...fieldsOf(schema, []), { key: 'raw', label: 'Raw' }], itemLabel: '{name}' };
}

function fieldsOf({ properties = {} }: JsonSchema, parents: readonly string[]): OutputField[] {
	return Object.entries(properties).flatMap(([key, schema]) => {
		const path = [...parents, key];
		return schema.properties === undefined ? [fieldOf(path, schema)] : fieldsOf(schema, path);
	});
}

function fieldOf(path: readonly string[], schema: JsonSchema): OutputField {
	const key = path.reduce(flatKey);
	const format = formatOf(key, schema);
	return { key, label: outputLabel(path.join('.')) ?? key, ...(format === undefined ? {} : { format }) };
}

function formatOf(key: string, { type }: JsonSchema): OutputField['format'] {
	const types = [type].flat();
	if (types.includes('integer') || types.includes('number')) return 'number';
	if (types.includes('boolean')) return 'boolean';
	if (key.endsWith('At')) return 'datetime';
	return key.endsWith('Url') ? 'url' : undefined;
}
