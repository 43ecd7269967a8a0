import { z } from 'zod';
import { assumed, documented, inferred } from './wire-marks.ts';

const Attachment = z.object({
	url: documented(z.string().min(1).describe('An http(s) URL or a base64 data URI.')),
	type: documented(z.enum(['image', 'audio', 'document']).optional()),
	filename: documented(z.string().optional()),
});

/** The body of `POST /api/v2/agents/:id/stream`. Unknown fields are ignored, as nothing says that they are refused. */
export const StreamRequest = z.object({
	message: documented(z.string().min(1)),
	session_id: documented(z.guid().optional()),
	attachments: documented(z.array(Attachment).max(100).optional()),
	options: z
		.object({
			temperature: documented(z.number().min(0).max(2).optional()),
			max_tokens: documented(z.int().min(1).optional()),
			timeout_ms: documented(z.int().min(1).optional().describe('Can only shorten the turn.')),
		})
		.optional(),
	metadata: z
		.object({
			trace_id: documented(z.string().optional()),
			correlation_id: documented(z.string().optional()),
		})
		.optional(),
	capabilities: z.object({ blocks: documented(z.array(z.string()).optional()) }).optional(),
});

export const WireUsage = z.object({
	input_tokens: documented(z.int()),
	output_tokens: documented(z.int()),
	total_tokens: documented(z.int()),
	cost_usd: documented(z.number()),
});

/** What stands in `sources` is not documented; this is what a search in files can truthfully say. */
export const WireSource = z.object({
	file: assumed(z.string()),
	line: assumed(z.int()),
	heading: assumed(z.string().nullable()),
	score: assumed(z.number()),
});

/** The events of a stream of the 2026-10 generation, in the order in which they come; of `token` there are many. */
export const StreamEvents = {
	metadata: z.object({
		request_id: documented(z.string()),
		agent_id: documented(z.uuid()),
		session_id: documented(z.guid().nullable().describe('The one that the caller sent.')),
		tenant_id: documented(z.uuid()),
	}),
	status: z.object({ phase: documented(z.string()), timestamp: documented(z.iso.datetime()) }),
	session: z.object({ session_id: documented(z.guid()) }),
	warning: z.object({ message: documented(z.string()) }),
	attachments: z.object({ processed: documented(z.int()), errors: documented(z.int()) }),
	phase: z.object({ phase: documented(z.string()) }),
	thinking: z.object({ thought: documented(z.string()) }),
	tool: z.object({
		tool: documented(z.string()),
		call_id: documented(z.string()),
		success: documented(z.boolean()),
		result_summary: documented(z.string()),
	}),
	token: z.object({ content: documented(z.string()) }),
	response: z.object({
		content: documented(z.string()),
		session_id: documented(z.guid()),
		sources: documented(z.array(WireSource)),
		gated: assumed(z.boolean().optional().describe('Whether a gate answered, without a model.')),
	}),
	error: z.object({
		error: z.object({
			code: documented(z.string()),
			message: documented(z.string()),
			request_id: documented(z.string()),
			timed_out: documented(z.boolean().optional()),
		}),
	}),
	metrics: z.object({
		usage: WireUsage,
		model_config: z.object({ model: documented(z.string()) }),
		execution_id: documented(z.uuid()),
		iterations: documented(z.int()),
		execution_time_ms: documented(z.int()),
	}),
	done: z.object({
		outcome: documented(z.enum(['COMPLETED', 'TIMEOUT'])),
		timed_out: documented(z.boolean().optional()),
		timeout_clock: inferred(z.enum(['turn']).optional()),
	}),
};

export type StreamEventName = keyof typeof StreamEvents;
export type StreamEventData<Name extends StreamEventName> = z.infer<(typeof StreamEvents)[Name]>;

/** What the 2026-01 generation says differently. It has no `session` and no `token`, and ends with `data: [DONE]`. */
export const OlderStreamEvents = {
	error: z.object({
		code: documented(z.string()),
		message: documented(z.string()),
		timed_out: assumed(z.boolean().optional().describe('Without a `done` nothing else could tell it.')),
	}),
	metrics: z.object({
		usage: z.object({
			prompt_tokens: inferred(z.int()),
			completion_tokens: inferred(z.int()),
			total_tokens: documented(z.int()),
			cost_usd: documented(z.number()),
		}),
		model: inferred(z.string()),
		execution_id: documented(z.uuid()),
		iterations: documented(z.int()),
		execution_time_ms: documented(z.int()),
	}),
};
