import type { AgentResult } from '@zihin/agent-client/core';
import { LIST, nullable, object, TEXT } from './json-schema.ts';
import { USAGE_SCHEMA, type UsageOutput, usageOutput } from './usage-output.ts';

/** An agent's answer, however it was asked. */
export interface AnswerOutput {
	readonly content: string;
	readonly sessionId: string | null;
	readonly model: string | null;
	readonly usage: UsageOutput;
	readonly sources: readonly unknown[];
}

export const ANSWER_SCHEMA = object<keyof AnswerOutput>({
	content: TEXT,
	sessionId: nullable(TEXT),
	model: nullable(TEXT),
	usage: USAGE_SCHEMA,
	sources: LIST,
});

export const ANSWER_SAMPLE: AnswerOutput = {
	content: 'The forecast for next quarter is 1.2 million, 8 % above this quarter.',
	sessionId: '0f8fad5b-d9cb-469f-a165-70867728950e',
	model: 'example-model',
	usage: { inputTokens: 412, outputTokens: 96, totalTokens: 508, costUsd: 0.0031 },
	sources: [{ title: 'Sales report', url: 'https://example.com/reports/sales' }],
};

/** @param answer of a turn, or of a run that has completed */
export function answerOutput(answer: Partial<AgentResult>): AnswerOutput {
	return {
		content: answer.content ?? '',
		sessionId: answer.sessionId ?? null,
		model: answer.model ?? null,
		usage: usageOutput(answer.usage),
		sources: answer.sources ?? [],
	};
}
