import type { RawEvent } from '@zihin/agent-client/core';
import { ZihinAgentError } from '@zihin/agent-client/core';
import type { Field } from './fields.ts';
import { readNumber, readRequiredText, readSwitch, readText } from './inputs.ts';
import type { Operation, PlatformLimits } from './operation.ts';
import { type UsageOutput, usageOutput } from './usage-output.ts';

/** The agent to talk to. Other operations ask for it in the same words. */
export const agentField: Field = {
	key: 'agentId',
	label: 'Agent',
	description: 'The agent to use. Pick it from the list, or give its ID.',
	kind: 'agent',
	required: true,
};

/** What the agent is asked. */
export const messageField: Field = {
	key: 'message',
	label: 'Message',
	description: 'What the agent should do, in plain language. It is sent exactly as written.',
	kind: 'long-text',
	required: true,
	placeholder: 'e.g. What is the sales forecast?',
};

const sessionId: Field = {
	key: 'sessionId',
	label: 'Session ID',
	description:
		'Continues a conversation: the session ID of an earlier answer. Leave it empty to start a new one.',
	kind: 'text',
	required: false,
};

const temperature: Field = {
	key: 'temperature',
	label: 'Temperature',
	description: 'How freely the agent words its answer. Leave it empty for the setting of the agent itself.',
	kind: 'number',
	required: false,
};

const maxTokens: Field = {
	key: 'maxTokens',
	label: 'Max Tokens',
	description:
		'The most tokens that the answer may have. Leave it empty for the setting of the agent itself.',
	kind: 'integer',
	required: false,
};

const timeoutSeconds: Field = {
	key: 'timeoutSeconds',
	label: 'Timeout (Seconds)',
	description: 'How long to wait for the whole answer.',
	kind: 'number',
	required: false,
};

const includeRawEvents: Field = {
	key: 'includeRawEvents',
	label: 'Include Raw Events',
	description: 'Whether to add every event of the agent’s turn to the output.',
	kind: 'boolean',
	required: false,
	default: false,
};

/** What *Invoke Agent* returns. */
export interface InvokeAgentOutput {
	readonly content: string;
	readonly sessionId: string | null;
	readonly model: string | null;
	readonly usage: UsageOutput;
	readonly sources: readonly unknown[];
	/** Only with *Include Raw Events*. */
	readonly rawEvents?: readonly RawEvent[];
}

export const invokeAgent: Operation<InvokeAgentOutput> = {
	label: 'Invoke Agent',
	description: 'Sends a message to an agent and waits for its answer.',
	modelDescription:
		'Use it when the answer is needed now. To continue a conversation, pass the sessionId of the previous answer. Each call runs the agent once and is billed.',
	fields: [agentField, messageField, sessionId, temperature, maxTokens, timeoutSeconds, includeRawEvents],
	sample: {
		content: 'The forecast for next quarter is 1.2 million, 8 % above this quarter.',
		sessionId: '0f8fad5b-d9cb-469f-a165-70867728950e',
		model: 'example-model',
		usage: { inputTokens: 412, outputTokens: 96, totalTokens: 508, costUsd: 0.0031 },
		sources: [{ title: 'Sales report', url: 'https://example.com/reports/sales' }],
	},
	run: async (inputs, { client, limits, signal }) => {
		const result = await client.invokeAgent({
			agentId: readRequiredText(inputs, agentField),
			message: readRequiredText(inputs, messageField),
			sessionId: readText(inputs, sessionId),
			temperature: readNumber(inputs, temperature, 0),
			maxTokens: readNumber(inputs, maxTokens, 1),
			timeoutMs: readTimeoutMs(readNumber(inputs, timeoutSeconds, 1), limits),
			includeRawEvents: readSwitch(inputs, includeRawEvents),
			signal,
		});
		return {
			content: result.content,
			sessionId: result.sessionId ?? null,
			model: result.model ?? null,
			usage: usageOutput(result.usage),
			sources: result.sources ?? [],
			...(result.rawEvents === undefined ? {} : { rawEvents: result.rawEvents }),
		};
	},
};

function readTimeoutMs(seconds: number | undefined, limits: PlatformLimits): number {
	if (seconds !== undefined && seconds > limits.longestTimeoutSeconds) {
		throw new ZihinAgentError({
			kind: 'config',
			message: `${timeoutSeconds.label} can be at most ${limits.longestTimeoutSeconds} here. ${limits.longRunAdvice}`,
		});
	}
	return (seconds ?? limits.defaultTimeoutSeconds) * 1000;
}
