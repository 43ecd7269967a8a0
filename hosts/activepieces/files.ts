import type { Values } from './calls.ts';
import type { InputPropertyMap } from './framework.ts';

/** A step's values with its files as the platform hands them over: it has loaded what a data URI or URL stands for. */
export function withFiles(props: InputPropertyMap | undefined, values: Values): Values {
	const entries = Object.entries(values).map(([key, value]) => [key, fileIn(props?.[key], value)]);
	return Object.fromEntries(entries);
}

function fileIn(property: InputPropertyMap[string] | undefined, value: unknown): unknown {
	if (property?.type === 'FILE' && typeof value === 'string') return fileOf(value);
	if (property?.type !== 'ARRAY' || property.properties === undefined || !Array.isArray(value)) return value;
	const { properties } = property;
	return value.map(item => withFiles(properties, item));
}

function fileOf(text: string) {
	const match = /^data:\w+\/(\w+);base64,(.*)$/.exec(text);
	if (match === null) throw new Error('This host loads files from data URIs only.');
	const [, extension, base64 = ''] = match;
	return { filename: `file.${extension}`, data: Buffer.from(base64, 'base64'), extension };
}
