import type { Usage } from '@zihin/agent-client/core';

/** What a turn used. */
export interface UsageOutput {
	readonly inputTokens: number | null;
	readonly outputTokens: number | null;
	readonly totalTokens: number | null;
	/** US dollars. */
	readonly costUsd: number | null;
}

export function usageOutput(usage: Usage | undefined): UsageOutput {
	return {
		inputTokens: usage?.inputTokens ?? null,
		outputTokens: usage?.outputTokens ?? null,
		totalTokens: usage?.totalTokens ?? null,
		costUsd: usage?.costUsd ?? null,
	};
}
