import { z } from 'zod';
import { LibraryPaths, section } from '../yaml/section.ts';

const Tool = section({
	name: z.string().regex(/^[\w-]{1,64}$/, { error: '"name" has to be 1 to 64 letters, digits, _ or -.' }),
	description: z.string().default(''),
	/** A JSON schema. */
	parameters: z.record(z.string(), z.unknown()).optional(),
	result: z.string().optional(),
	library: section({ paths: LibraryPaths }).optional(),
}).check(({ value, issues }) => {
	const refuse = (message: string) => issues.push({ code: 'custom', input: value, message });
	if ((value.result === undefined) === (value.library === undefined)) {
		refuse('A tool has either a "result", which is a text, or a "library" that it searches.');
	} else if (value.library && value.parameters) {
		refuse('A library tool takes a query and nothing else: leave out its "parameters".');
	}
});

export const OpenAiSchema = section({
	base_url: z
		.url({
			protocol: /^https?$/,
			error: '"base_url" has to be an http or https URL, such as http://localhost:11434/v1.',
		})
		.refine(url => !/^[^/]+\/\/[^/]*@/.test(url), {
			error: '"base_url" must not contain a password: name the variable that holds the key in "api_key_env".',
		}),
	model: z.string().min(1),
	/** The environment variable with the key; a local server often needs none. */
	api_key_env: z.string().min(1).optional(),
	system: z.string().optional(),
	tools: z.array(Tool).max(100).default([]),
});

export type ToolText = z.infer<typeof Tool>;
export type OpenAiText = z.infer<typeof OpenAiSchema>;
