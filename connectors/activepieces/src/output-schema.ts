import type { Action } from '@activepieces/pieces-framework';
import type { JsonSchema } from '@zihin/connector-kit';
import { flatKey } from './output.ts';

type OutputSchema = NonNullable<Action['outputSchema']>;
type OutputField = OutputSchema['fields'][number];

/** What the platform shows of an output before and after the first run: the keys of `flatRow`. */
export function outputSchema(schema: JsonSchema): OutputSchema {
	return { fields: [...fieldsOf(schema, ''), { key: 'raw', label: 'Raw' }], itemLabel: '{name}' };
}

function fieldsOf({ properties = {} }: JsonSchema, prefix: string): OutputField[] {
	return Object.entries(properties).flatMap(([key, schema]) => {
		const name = flatKey(prefix, key);
		return schema.properties === undefined ? [fieldOf(name, schema)] : fieldsOf(schema, name);
	});
}

function fieldOf(key: string, schema: JsonSchema): OutputField {
	const format = formatOf(key, schema);
	return { key, label: labelOf(key), ...(format === undefined ? {} : { format }) };
}

function formatOf(key: string, { type }: JsonSchema): OutputField['format'] {
	const types = [type].flat();
	if (types.includes('integer') || types.includes('number')) return 'number';
	if (types.includes('boolean')) return 'boolean';
	if (key.endsWith('At')) return 'datetime';
	return key.endsWith('Url') ? 'url' : undefined;
}

/** `usageInputTokens` is Usage Input Tokens. */
function labelOf(key: string): string {
	const words = key.replace(/^./, first => first.toUpperCase()).replace(/(?<!^)[A-Z]/g, ' $&');
	return words.replace(/\b(?:Id|Url|Usd)\b/g, word => word.toUpperCase());
}
