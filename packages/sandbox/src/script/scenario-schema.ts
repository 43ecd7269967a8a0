import { z } from 'zod';
import { Duration, Size } from '../yaml/quantities.ts';
import { choice, section } from '../yaml/section.ts';
import { checkOrder } from './step-order.ts';

const MAX_STEPS = 1_000;
const MAX_ECHOES = 10;

/** `{{message}}` stands for what was asked. It is bounded because a message can be a megabyte. */
export const MESSAGE = '{{message}}';
const Text = z.string().refine(text => text.split(MESSAGE).length - 1 <= MAX_ECHOES, {
	error: `This text has more than ${MAX_ECHOES} times ${MESSAGE}: use it less often.`,
});
const Count = z.int().min(0).max(1_000_000_000);
const Here = z.literal(true, { error: 'This step takes no value: write its name alone.' });

/** Where a text alone is enough, the text may stand for the mapping. */
function orText<Schema extends z.ZodType>(schema: Schema) {
	return z.preprocess(value => (typeof value === 'string' ? { text: value } : value), schema);
}

const Tokens = orText(section({ text: Text, pace: Duration.default(0) }));

const Source = section({
	file: z.string().min(1),
	line: z.int().min(1),
	heading: z.string().nullable().default(null),
	score: z.number().default(1),
});

const Step = z.preprocess(
	// A step that is only a name, such as `cut`.
	value => (typeof value === 'string' ? { [value]: true } : value),
	choice(
		{
			wait: Duration.optional(),
			phase: z.string().min(1).optional(),
			thinking: Text.optional(),
			tool: section({
				name: z.string().min(1),
				success: z.boolean().default(true),
				summary: Text.default(''),
				duration: Duration.default(0),
			}).optional(),
			tokens: Tokens.optional(),
			warning: Text.optional(),
			attachments: section({ processed: Count, errors: Count.default(0) }).optional(),
			response: orText(section({ text: Text, sources: z.array(Source).max(100).default([]) })).optional(),
			metrics: section({
				input_tokens: Count.optional(),
				output_tokens: Count.optional(),
				model: z.string().min(1).optional(),
			}).optional(),
			error: section({
				code: z.string().min(1),
				message: Text,
				timed_out: z.boolean().default(false),
			}).optional(),
			outcome: z.literal('TIMEOUT').optional(),
			gated: Text.optional(),
			oversize: Size.optional(),
			stall: Here.optional(),
			cut: Here.optional(),
			reset: Here.optional(),
			end: Here.optional(),
		},
		'A step',
	),
);

export const Steps = z.array(Step).min(1).max(MAX_STEPS).check(checkOrder);

/** The first that matches the message counts; the steps beside the cases are for what none of them matches. */
export const Cases = z.array(section({ match: z.string().min(1).max(1_000), steps: Steps })).max(100);

/** What a scenario file contains. */
export const ScenarioSchema = section({ cases: Cases.optional(), steps: Steps });

export type Step = z.infer<typeof Step>;
export type ScenarioText = z.infer<typeof ScenarioSchema>;
