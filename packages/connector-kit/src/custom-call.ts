import { ZihinAgentError } from '@zihin/agent-client/core';
import type { Field } from './fields.ts';
import { readChoice, readRequiredText, readText } from './inputs.ts';
import { ANYTHING, INTEGER, object } from './json-schema.ts';
import type { Operation } from './operation.ts';

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'] as const;

const method: Field = {
	key: 'method',
	label: 'Method',
	description: 'GET reads; the others change something.',
	kind: 'choice',
	required: true,
	default: 'GET',
	choices: METHODS.map(value => ({ value, label: value })),
};

const path: Field = {
	key: 'path',
	label: 'Path',
	description:
		'What follows the base URL of the connection, with its query. The API key is sent there and nowhere else.',
	kind: 'text',
	required: true,
	placeholder: 'e.g. /api/v2/agents?limit=10',
};

const body: Field = {
	key: 'body',
	label: 'JSON Body',
	description: 'What is sent with a POST or PATCH, as JSON. Leave it empty for a GET.',
	kind: 'long-text',
	required: false,
};

/** What *Custom API Call* returns. */
export interface CustomCallOutput {
	readonly status: number;
	/** The answer as it came; `null` where it was empty. */
	readonly body: unknown;
}

export const customCall: Operation<CustomCallOutput> = {
	label: 'Custom API Call',
	description: 'Calls any path of the Zihin API with the key of the connection.',
	modelDescription: 'Use it only for what no other operation does.',
	fields: [method, path, body],
	sample: { status: 200, body: { data: [{ id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' }] } },
	outputSchema: object<keyof CustomCallOutput>({ status: INTEGER, body: ANYTHING }),
	run: async (inputs, { client, limits, signal }) => {
		const answer = await client.request({
			method: readChoice(inputs, method, METHODS) ?? 'GET',
			path: readRequiredText(inputs, path),
			body: readJson(readText(inputs, body)),
			timeoutMs: limits.defaultTimeoutSeconds * 1000,
			signal,
		});
		return { status: answer.status, body: answer.body ?? null };
	},
};

function readJson(text: string | undefined): unknown {
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		// The parser's own message quotes the text, in which there may be a secret.
		throw new ZihinAgentError({ kind: 'config', message: `${body.label} is not JSON.` });
	}
}
