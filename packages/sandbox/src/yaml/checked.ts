import type { z } from 'zod';
import type { YamlFile, YamlPath } from './yaml-file.ts';

/** The file's content as the schema describes it. @throws {SandboxSetupError} the first mistake, with its place. */
export function checked<T>(file: YamlFile, schema: z.ZodType<T>): T {
	const result = schema.safeParse(file.value, { error: sentenceFor });
	if (result.success) return result.data;
	const [first] = result.error.issues
		.map(issue => ({ issue, place: placeOf(issue) }))
		.map(mistake => ({ ...mistake, order: orderOf(mistake.issue, file.offset(mistake.place)) }))
		.sort((one, other) => one.order - other.order);
	throw file.mistake(first?.place ?? [], first?.issue.message ?? 'This is not what is expected here.');
}

/** Of an unknown key, the key itself. */
function placeOf(issue: z.core.$ZodIssue): YamlPath {
	return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
}

/** A misspelt key is told first: it is why another one is missing. */
function orderOf(issue: z.core.$ZodIssue, offset: number): number {
	return issue.code === 'unrecognized_keys' ? offset - Number.MAX_SAFE_INTEGER : offset;
}

const TYPES: Readonly<Record<string, string>> = {
	string: 'a text',
	number: 'a number',
	int: 'a whole number',
	boolean: 'true or false',
	array: 'a list',
	object: 'a mapping (key: value)',
	record: 'a mapping (key: value)',
};

/** For the schemas that have no sentence of their own. */
function sentenceFor(issue: z.core.$ZodRawIssue): string | undefined {
	const subject = subjectOf(issue.path ?? []);
	switch (issue.code) {
		case 'invalid_type': {
			const expected = TYPES[issue.expected] ?? issue.expected;
			if (issue.input === undefined) return `${subject} is missing: it has to be ${expected}.`;
			return `${subject} has to be ${expected}, but is ${kindOf(issue.input)}.`;
		}
		case 'invalid_value':
			return `${subject} has to be ${issue.values.join(', ').replace(/, ([^,]*)$/, ' or $1')}.`;
		case 'too_small':
			return `${subject} is too small: ${issue.minimum} at least.`;
		case 'too_big':
			return `${subject} is too big: ${issue.maximum} at most.`;
		default:
			return undefined;
	}
}

function subjectOf(path: YamlPath): string {
	const name = path.filter(key => typeof key === 'string').at(-1);
	if (name === undefined) return 'this';
	return typeof path.at(-1) === 'number' ? `this item of "${name}"` : `"${name}"`;
}

function kindOf(input: unknown): string {
	if (input === null) return 'empty';
	return Array.isArray(input) ? 'a list' : (TYPES[typeof input] ?? typeof input);
}
