import { z } from 'zod';
import { AGENT_STATUSES, AGENT_TYPES } from '../agents.ts';
import { OpenAiSchema } from '../openai/openai-schema.ts';
import { Cases, Steps } from '../script/scenario-schema.ts';
import { choice, LibraryPaths, section } from '../yaml/section.ts';

/** `library:` alone searches what `--library` names. */
const LibraryEngine = z.preprocess(value => value ?? {}, section({ paths: LibraryPaths.optional() }));

const ScriptEngine = section({
	file: z.string().min(1).optional(),
	cases: Cases.optional(),
	steps: Steps.optional(),
}).check(({ value, issues }) => {
	const inline = value.steps !== undefined || value.cases !== undefined;
	if ((value.file === undefined) !== inline) {
		issues.push({ code: 'custom', input: value, message: '"script" has either a file or its steps here.' });
	} else if (value.cases && !value.steps) {
		const message = '"steps" is missing: what happens when no case matches?';
		issues.push({ code: 'custom', input: value, message });
	}
});

const AgentText = section({
	id: z
		.uuid({ error: '"id" has to be a UUID; without one it is derived from the name.' })
		.toLowerCase()
		.optional(),
	name: z.string().min(1).max(200),
	commercial_name: z.string().max(200).optional(),
	bio: z.string().max(2_000).default(''),
	type: z.enum(AGENT_TYPES).default('assistant'),
	status: z.enum(AGENT_STATUSES).default('published'),
	tags: z.array(z.string()).max(50).default([]),
	engine: choice(
		{ library: LibraryEngine.optional(), script: ScriptEngine.optional(), openai: OpenAiSchema.optional() },
		'"engine"',
	),
});

export const AgentsSchema = section({ agents: z.array(AgentText).min(1).max(500) });

export type AgentText = z.infer<typeof AgentText>;
