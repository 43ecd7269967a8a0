import type { InvokeAgentParams, RawEvent } from '@zihin/agent-client/core';
import { ZihinAgentError } from '@zihin/agent-client/core';
import { ANSWER_SAMPLE, ANSWER_SCHEMA, type AnswerOutput, answerOutput } from './answer-output.ts';
import type { Field } from './fields.ts';
import { readNumber, readRequiredText, readSwitch, readText } from './inputs.ts';
import { LIST, nullable, object, TEXT } from './json-schema.ts';
import type { Operation, PlatformLimits } from './operation.ts';
import { simplifyField } from './simplify-field.ts';
import { streamAnswer } from './stream-answer.ts';

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
	initial: 1,
};

const maxTokens: Field = {
	key: 'maxTokens',
	label: 'Max Tokens',
	description:
		'The most tokens that the answer may have. Leave it empty for the setting of the agent itself.',
	kind: 'integer',
	required: false,
	initial: 4096,
};

const timeoutSeconds: Field = {
	key: 'timeoutSeconds',
	label: 'Timeout (Seconds)',
	description: 'How long to wait for the whole answer.',
	kind: 'number',
	required: false,
	initial: 120,
};

const includeRawEvents: Field = {
	key: 'includeRawEvents',
	label: 'Include Raw Events',
	description: 'Whether to add every event of the agent’s turn to the output.',
	kind: 'boolean',
	required: false,
	default: false,
};

const traceId: Field = {
	key: 'traceId',
	label: 'Trace ID',
	description: 'An ID of your own that Zihin stores with the turn, to find it in your traces.',
	kind: 'text',
	required: false,
};

const correlationId: Field = {
	key: 'correlationId',
	label: 'Correlation ID',
	description:
		'An ID of your own that Zihin stores with the turn, such as the number of a ticket or an order.',
	kind: 'text',
	required: false,
};

/** What *Invoke Agent* returns. */
export interface InvokeAgentOutput extends AnswerOutput {
	/** Only without *Simplify*. */
	readonly executionId?: string | null;
	/** Only with *Include Raw Events*. */
	readonly rawEvents?: readonly RawEvent[];
}

export const invokeAgent: Operation<InvokeAgentOutput> = {
	label: 'Invoke Agent',
	description: 'Sends a message to an agent and waits for its answer.',
	modelDescription:
		'Use it when the answer is needed now. To continue a conversation, pass the sessionId of the previous answer. Each call runs the agent once and is billed.',
	fields: [
		agentField,
		messageField,
		sessionId,
		temperature,
		maxTokens,
		timeoutSeconds,
		includeRawEvents,
		traceId,
		correlationId,
		simplifyField,
	],
	sample: ANSWER_SAMPLE,
	outputSchema: object<keyof InvokeAgentOutput>(
		{ ...ANSWER_SCHEMA.properties, executionId: nullable(TEXT), rawEvents: LIST },
		['executionId', 'rawEvents'],
	),
	run: async (inputs, { client, limits, signal, attachments, onText }) => {
		const simplify = readSwitch(inputs, simplifyField);
		const params: InvokeAgentParams = {
			agentId: readRequiredText(inputs, agentField),
			message: readRequiredText(inputs, messageField),
			sessionId: readText(inputs, sessionId),
			temperature: readNumber(inputs, temperature, 0),
			maxTokens: readNumber(inputs, maxTokens, 1),
			timeoutMs: readTimeoutMs(readNumber(inputs, timeoutSeconds, 1), limits),
			attachments,
			metadata: { traceId: readText(inputs, traceId), correlationId: readText(inputs, correlationId) },
			includeRawEvents: readSwitch(inputs, includeRawEvents),
			signal,
		};
		const result = await (onText ? streamAnswer(client, params, onText) : client.invokeAgent(params));
		return {
			...answerOutput(result),
			...(simplify ? {} : { executionId: result.executionId ?? null }),
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
