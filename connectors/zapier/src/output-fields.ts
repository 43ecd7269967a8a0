import { type JsonSchema, outputLabel } from '@zihin/connector-kit';
import type { PlainOutputField } from 'zapier-platform-core';

/** What the editor calls each value of an output. */
export function toOutputFields({ properties = {} }: JsonSchema, parent?: string): PlainOutputField[] {
	return Object.entries(properties).flatMap(([name, schema]) => {
		const path = parent === undefined ? name : `${parent}.${name}`;
		if (schema.properties !== undefined) return toOutputFields(schema, path);
		// Zapier joins what lies within another value by two underscores.
		return [{ key: path.replaceAll('.', '__'), label: outputLabel(path) ?? name, ...typeOf(name, schema) }];
	});
}

function typeOf(name: string, { type }: JsonSchema): Pick<PlainOutputField, 'type' | 'list'> {
	const [first = 'string'] = [type].flat();
	switch (first) {
		case 'integer':
		case 'number':
		case 'boolean':
			return { type: first };
		case 'array':
			return { list: true };
		default:
			return { type: /^[a-z]+At$/.test(name) ? 'datetime' : 'string' };
	}
}
