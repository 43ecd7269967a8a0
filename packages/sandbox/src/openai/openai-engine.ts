import type { OpenAI } from 'openai';
import type {
	ChatCompletion,
	ChatCompletionMessageFunctionToolCall,
	ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { Emit, Engine, EngineRequest, Source, Usage } from '../engine.ts';
import { describeFailure } from './failure.ts';
import { failedCall, type Tool } from './tools.ts';

export interface OpenAiSettings {
	readonly baseUrl: string;
	readonly model: string;
	readonly apiKey: string | undefined;
	readonly system: string | undefined;
	readonly tools: readonly Tool[];
}

/** A model that calls tools for ever would otherwise cost somebody real money until the turn's time is up. */
const MAX_ITERATIONS = 10;

/** Asks an OpenAI-compatible server, as often as its model calls tools. */
export function openAiEngine(settings: OpenAiSettings): Engine {
	let client: Promise<OpenAI> | undefined;
	return {
		model: settings.model,
		async run(request, emit) {
			client ??= connect(settings);
			try {
				await converse(await client, settings, request, emit);
			} catch (error) {
				throw new Error(describeFailure(error, settings));
			}
		},
	};
}

/** Loaded with the first question: most sandboxes never ask one, and should not wait for it. */
async function connect({ baseUrl, apiKey }: OpenAiSettings): Promise<OpenAI> {
	const { OpenAI } = await import('openai');
	return new OpenAI({
		baseURL: baseUrl,
		apiKey: apiKey ?? 'none',
		// What the SDK would take from the environment is meant for OpenAI, and this may be any server.
		adminAPIKey: null,
		organization: null,
		project: null,
		// Repeating is the caller's affair: a fault that is mended here is a fault that nobody sees.
		maxRetries: 0,
	});
}

async function converse(
	client: OpenAI,
	{ model, system, tools }: OpenAiSettings,
	{ message, context, history, maxTokens, temperature, signal }: EngineRequest,
	emit: Emit,
): Promise<void> {
	const messages: ChatCompletionMessageParam[] = [];
	if (system !== undefined) messages.push({ role: 'system', content: system });
	for (const turn of history) {
		if (turn.response === null) continue;
		messages.push({ role: 'user', content: turn.message }, { role: 'assistant', content: turn.response });
	}
	if (context !== undefined)
		messages.push({ role: 'system', content: `Context: ${JSON.stringify(context)}` });
	messages.push({ role: 'user', content: message });

	const sources = new Map<string, Source>();
	let usage: Usage = { inputTokens: 0, outputTokens: 0 };
	for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
		const stream = client.chat.completions.stream(
			{
				model,
				messages,
				stream_options: { include_usage: true },
				...(tools.length > 0 && { tools: tools.map(({ definition }) => definition) }),
				...(maxTokens !== undefined && { max_tokens: maxTokens }),
				...(temperature !== undefined && { temperature }),
			},
			{ signal },
		);
		for await (const { choices } of stream) {
			const content = choices[0]?.delta.content;
			if (content) await emit({ type: 'token', content });
		}
		const completion = await stream.finalChatCompletion();
		usage = sum(usage, completion);
		const answer = completion.choices[0]?.message;
		const calls = (answer?.tool_calls ?? []).filter(call => call.type === 'function');
		if (calls.length === 0) {
			await emit({
				type: 'response',
				content: answer?.content ?? '',
				sources: [...sources.values()],
				usage,
				model: completion.model,
				iterations: iteration,
			});
			return;
		}
		messages.push({ role: 'assistant', content: answer?.content ?? null, tool_calls: calls.map(plainCall) });
		for (const { id, function: called } of calls) {
			const tool = tools.find(({ definition }) => definition.function.name === called.name);
			const result = tool?.call(called.arguments) ?? failedCall(`There is no tool named ${called.name}.`);
			for (const source of result.sources) sources.set(`${source.file}:${source.line}`, source);
			await emit({ type: 'tool', tool: called.name, success: result.success, summary: result.summary });
			messages.push({ role: 'tool', tool_call_id: id, content: result.content });
		}
	}
	throw new Error(`The model called tools ${MAX_ITERATIONS} times without an answer.`);
}

/** Without what the SDK adds to a call for itself. */
function plainCall({ id, type, function: { name, arguments: args } }: ChatCompletionMessageFunctionToolCall) {
	return { id, type, function: { name, arguments: args } };
}

function sum({ inputTokens, outputTokens }: Usage, { usage }: ChatCompletion): Usage {
	return {
		inputTokens: inputTokens + (usage?.prompt_tokens ?? 0),
		outputTokens: outputTokens + (usage?.completion_tokens ?? 0),
	};
}
