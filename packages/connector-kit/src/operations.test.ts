import { describe, expect, it } from 'vitest';
import { schemaFaults } from '../testing/schema-faults.ts';
import { CONNECTION_FIELDS, DEFAULT_BASE_URL, readConnection } from './connection.ts';
import { customCall } from './custom-call.ts';
import { deleteTrigger } from './delete-trigger.ts';
import { dispatchRun } from './dispatch-run.ts';
import { dispatchToAgent } from './dispatch-to-agent.ts';
import { findAgent } from './find-agent.ts';
import { findTrigger } from './find-trigger.ts';
import { getExecution } from './get-execution.ts';
import type { JsonSchema } from './json-schema.ts';
import { listExecutions } from './list-executions.ts';
import { listTriggers } from './list-triggers.ts';
import { OPERATIONS } from './operations.ts';
import { outputLabel } from './output-labels.ts';
import { runAndWait } from './run-and-wait.ts';
import { runFinished } from './run-finished.ts';

const operations = Object.entries({
	...OPERATIONS,
	customCall,
	deleteTrigger,
	dispatchRun,
	dispatchToAgent,
	findAgent,
	findTrigger,
	getExecution,
	listExecutions,
	listTriggers,
	runAndWait,
	runFinished,
});
const fields = [
	...Object.values(CONNECTION_FIELDS),
	...operations.flatMap(([, operation]) => operation.fields),
];

describe.each(operations)('%s', (_name, form) => {
	const { label, description, modelDescription, fields, sample } = form;

	it('is described in the words that all platforms can show', () => {
		expect(label).toMatch(/^[A-Z][a-z]+(?: (?:[A-Z][a-z]+|API|and|or|to))*$/);
		expect(description).toMatch(/^[A-Z][a-z]+s [^.]+\.$/);
		expect(modelDescription).toMatch(/\.$/);
	});

	it('has a label for everything that it returns', () => {
		const paths = Object.entries<JsonSchema>(form.outputSchema.properties).flatMap(
			([key, { properties = {} }]) => [key, ...Object.keys(properties).map(inner => `${key}.${inner}`)],
		);
		expect(paths.filter(path => outputLabel(path) === undefined)).toEqual([]);
	});

	it('asks for what it needs first, and for each thing once', () => {
		const required = fields.map(field => field.required);
		expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)));
		expect(new Set(fields.map(({ key }) => key)).size).toBe(fields.length);
	});

	it('has a sample that holds something', () => {
		expect(Object.keys(sample)).not.toHaveLength(0);
	});

	it('has a sample that its schema describes, down to the last key', () => {
		expect(schemaFaults(form, sample)).toBe('');
		const [first = {}] = [sample].flat();
		expect(schemaFaults(form, { ...first, surplus: 1 })).toMatch(/additional/);
	});
});

describe('fields', () => {
	it('with the same key are the same field everywhere, whether it may be empty aside', () => {
		const byKey = new Map(fields.map(field => [field.key, field]));
		for (const field of fields) expect({ ...byKey.get(field.key), required: field.required }).toEqual(field);
	});

	it('have a label in Title Case and a description that adds something', () => {
		for (const { label, description } of fields) {
			expect(label).toMatch(/^[A-Z]/);
			expect(description).toMatch(/\.$/);
			expect(description).not.toBe(label);
		}
	});
});

describe('a stored connection', () => {
	it('becomes the options of a client', () => {
		const stored = { apiKey: 'zhn_test_1', baseUrl: 'http://127.0.0.1:1', allowHttp: 'true' };
		expect(readConnection(stored)).toEqual({ ...stored, allowHttp: true, allowCustomBaseUrl: false });
	});

	it('with a blank base URL means the default one', () => {
		expect(readConnection({ apiKey: 'zhn_test_1', baseUrl: '' }).baseUrl).toBeUndefined();
		expect(CONNECTION_FIELDS.baseUrl.default).toBe(DEFAULT_BASE_URL);
	});
});
