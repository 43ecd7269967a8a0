import type { Usage } from '@zihin/agent-client/core';
import { INTEGER, NUMBER, nullable, object } from './json-schema.ts';

/** What a turn used. */
export interface UsageOutput {
	readonly inputTokens: number | null;
	readonly outputTokens: number | null;
	readonly totalTokens: number | null;
	/** US dollars. */
	readonly costUsd: number | null;
}

export const USAGE_SCHEMA = object<keyof UsageOutput>({
	inputTokens: nullable(INTEGER),
	outputTokens: nullable(INTEGER),
	totalTokens: nullable(INTEGER),
	costUsd: nullable(NUMBER),
});

export function usageOutput(usage: Usage | undefined): UsageOutput {
	return {
		inputTokens: usage?.inputTokens ?? null,
		outputTokens: usage?.outputTokens ?? null,
		totalTokens: usage?.totalTokens ?? null,
		costUsd: usage?.costUsd ?? null,
	};
}
