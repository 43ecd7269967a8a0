import { JSONPathError, type JSONValue, jsonpath } from 'json-p3';
import { z } from 'zod';

/** A JSON path (RFC 9535) that leads to one place at most, such as `$.customer.id` or `$.items[0]`. */
export const JsonPath = z
	.string()
	.max(500)
	.superRefine((path, context) => {
		const message = refusal(path);
		if (message !== undefined) context.addIssue({ code: 'custom', message });
	});

/** What stands at a `JsonPath` in something that was parsed from JSON; `undefined` when nothing does. */
export function valueAt(path: string, root: unknown): unknown {
	// What JSON.parse gives is exactly the type; nothing but this cast says so.
	const value = root as JSONValue;
	return jsonpath.compile(path).query(value).values()[0];
}

function refusal(path: string): string | undefined {
	try {
		if (jsonpath.compile(path).singularQuery()) return undefined;
		return 'Expected a path to one value, without wildcards, filters, slices or ".."';
	} catch (error) {
		if (!(error instanceof JSONPathError)) throw error;
		return `Expected a JSON path such as $.customer.id (${error.message})`;
	}
}
