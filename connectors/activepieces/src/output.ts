import type { JsonSchema } from '@zihin/connector-kit';

/** What an action and the trigger return: one row with the same keys each time, and the object that it was made of. */
export interface FlatOutput {
	readonly raw: object;
	readonly [key: string]: unknown;
}

/** An output as rows that a table can take: of a list, each item; else the output. */
export function flatOutput(schema: JsonSchema, output: object): FlatOutput | FlatOutput[] {
	return Array.isArray(output) ? output.map(item => flatRow(schema, item)) : flatRow(schema, output);
}

/** Keys within an object get its name before theirs; what is not there is `null`. */
export function flatRow(schema: JsonSchema, output: object): FlatOutput {
	return { ...Object.fromEntries(entriesOf(schema, output, '')), raw: output };
}

function entriesOf({ properties = {} }: JsonSchema, output: object, prefix: string): [string, unknown][] {
	return Object.entries(properties).flatMap(([key, schema]): [string, unknown][] => {
		const value: unknown = Reflect.get(output, key) ?? null;
		const name = flatKey(prefix, key);
		if (schema.properties === undefined) return [[name, value]];
		return entriesOf(schema, typeof value === 'object' && value !== null ? value : {}, name);
	});
}

export function flatKey(prefix: string, key: string): string {
	return prefix === '' ? key : prefix + key.charAt(0).toUpperCase() + key.slice(1);
}
