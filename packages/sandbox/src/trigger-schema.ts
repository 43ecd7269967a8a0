import { z } from 'zod';
import { targetRefusal } from './callback-target.ts';
import { JsonPath } from './json-path.ts';
import { assumed, documented } from './wire-marks.ts';

const CallbackUrl = z
	.string()
	.max(2048)
	.superRefine((url, context) => {
		const refusal = targetRefusal(url);
		if (refusal !== undefined) context.addIssue({ code: 'custom', message: refusal });
	});

/**
 * What a webhook trigger is told to do. Strict, unlike the other bodies: an option that the platform knows and
 * this sandbox does not must fail loudly, or a test would pass here without it.
 */
export const TriggerConfig = z
	.strictObject({
		auth: z
			.strictObject({
				// Both names of the signed kind are in use; one is written back.
				type: documented(
					z
						.preprocess(
							name => (name === 'hmac' ? 'signature' : name),
							z.enum(['api_key', 'signature', 'none']),
						)
						.describe('`hmac` is read as `signature`.'),
				),
			})
			.default({ type: 'none' }),
		query_extraction: z
			.discriminatedUnion('mode', [
				z.strictObject({
					mode: documented(z.literal('field')),
					field: documented(z.string().min(1).max(200).default('message')),
				}),
				z.strictObject({ mode: documented(z.literal('full_body')) }),
			])
			.default({ mode: 'field', field: 'message' }),
		context_mapping: documented(
			z
				.record(z.string().min(1).max(100), JsonPath)
				.refine(mapping => Object.keys(mapping).length <= 50, 'Expected 50 names at most')
				.optional()
				.describe('Names, and where in the body the value of each stands; they go into the prompt.'),
		),
		session_strategy: z
			.discriminatedUnion('mode', [
				z.strictObject({
					mode: documented(z.literal('derive')),
					fields: documented(
						z
							.array(z.string())
							.min(1)
							.max(20)
							.describe('Names of `context_mapping`; one session per values.'),
					),
				}),
				z.strictObject({ mode: documented(z.literal('ephemeral')) }),
			])
			.optional(),
		response_adapter: z
			.strictObject({
				format: documented(z.enum(['raw', 'ebarn', 'slack', 'teams', 'twiml']).default('raw')),
				split_messages: documented(z.boolean().optional().describe('A message for each paragraph.')),
				max_messages: documented(z.int().min(1).max(100).optional()),
			})
			.default({ format: 'raw' }),
		execution: z
			.strictObject({
				mode: documented(z.enum(['sync', 'async']).default('sync')),
				timeout_ms: documented(z.int().min(1).optional().describe('Can only shorten the run.')),
				callback: z
					.strictObject({
						url: documented(CallbackUrl),
						method: documented(z.literal('POST').default('POST')),
					})
					.optional(),
			})
			.default({ mode: 'sync' }),
	})
	.meta({ id: 'TriggerConfig' });

export type TriggerConfig = z.infer<typeof TriggerConfig>;

const name = z.string().min(1).max(200);

export const CreateTrigger = z.object({
	agent_id: documented(z.string().min(1)),
	name: documented(name),
	trigger_type: documented(z.literal('webhook')),
	trigger_config: documented(TriggerConfig.prefault({})),
	enabled: assumed(z.boolean().default(true)),
});

/** Which fields can be changed is not public. Each key of `trigger_config` that is sent replaces that key. */
export const UpdateTrigger = z.object({
	name: assumed(name.optional()),
	enabled: assumed(z.boolean().optional()),
	trigger_config: assumed(z.record(z.string(), z.unknown()).optional()),
});

export const WireTrigger = z
	.object({
		id: documented(z.uuid()),
		agent_id: documented(z.uuid()),
		name: documented(z.string()),
		trigger_type: documented(z.literal('webhook')),
		trigger_config: assumed(TriggerConfig),
		enabled: documented(z.boolean()),
		created_at: assumed(z.iso.datetime()),
		updated_at: assumed(z.iso.datetime()),
		webhook_secret: documented(z.string().optional().describe('Only in the answer to the creation.')),
	})
	.meta({ id: 'Trigger' });
