import type { z } from 'zod';
import type { Usage } from './engine.ts';
import type { WireUsage } from './stream-schema.ts';

/** Nothing here costs anything. */
export function wireUsage({ inputTokens, outputTokens }: Usage): z.infer<typeof WireUsage> {
	return {
		input_tokens: inputTokens,
		output_tokens: outputTokens,
		total_tokens: inputTokens + outputTokens,
		cost_usd: 0,
	};
}
