type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array';

/** The part of JSON Schema that outputs are described with: platforms offer fields from it before the first run. */
export interface JsonSchema {
	/** Absent where the value can be anything. */
	readonly type?: JsonType | readonly [JsonType, 'null'];
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	/** Absent where the items can be anything. */
	readonly items?: JsonSchema;
}

/** The schema of an object with exactly these keys, those that may be missing with them. */
export interface ObjectSchema<Key extends string> extends JsonSchema {
	readonly type: 'object';
	readonly properties: Readonly<Record<Key, JsonSchema>>;
}

export const TEXT = { type: 'string' } as const satisfies JsonSchema;
export const INTEGER = { type: 'integer' } as const satisfies JsonSchema;
export const NUMBER = { type: 'number' } as const satisfies JsonSchema;
export const BOOLEAN = { type: 'boolean' } as const satisfies JsonSchema;
export const ANYTHING: JsonSchema = {};
export const LIST: JsonSchema = { type: 'array' };

export function nullable(schema: JsonSchema & { readonly type: JsonType }): JsonSchema {
	return { ...schema, type: [schema.type, 'null'] };
}

/** @param optional keys that are only there when they were asked for */
export function object<Key extends string>(
	properties: Readonly<Record<Key, JsonSchema>>,
	optional: readonly NoInfer<Key>[] = [],
): ObjectSchema<Key> {
	const required = Object.keys(properties).filter(key => !optional.some(other => other === key));
	return { type: 'object', properties, required };
}
