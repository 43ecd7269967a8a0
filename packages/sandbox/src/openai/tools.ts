import type { ChatCompletionFunctionTool } from 'openai/resources/chat/completions';
import type { Source } from '../engine.ts';
import { countOf } from '../library/engine.ts';
import type { Library } from '../library/library.ts';
import { searchableWords } from '../library/words.ts';

export interface Tool {
	readonly definition: ChatCompletionFunctionTool;
	/** @param args the arguments as the model wrote them. */
	call(args: string): ToolResult;
}

export interface ToolResult {
	readonly success: boolean;
	/** What the caller is shown. */
	readonly summary: string;
	/** What the model is given. */
	readonly content: string;
	readonly sources: readonly Source[];
}

/** So many passages a model gets for one query. */
const MAX_PASSAGES = 5;
const MAX_SUMMARY = 200;

export interface ToolDescription {
	readonly name: string;
	readonly description: string;
}

/** A tool that always has the same result. */
export function fixedTool(
	tool: ToolDescription,
	parameters: Readonly<Record<string, unknown>> = { type: 'object', properties: {} },
	result: string,
): Tool {
	return {
		definition: definitionOf(tool, parameters),
		call: () => ({ success: true, summary: result.slice(0, MAX_SUMMARY), content: result, sources: [] }),
	};
}

const QUERY = {
	type: 'object',
	properties: { query: { type: 'string', description: 'What to search for, in a few words.' } },
	required: ['query'],
};

/** A tool that searches Markdown and gives back passages with their places. */
export function libraryTool(tool: ToolDescription, library: Library): Tool {
	return {
		definition: definitionOf(tool, QUERY),
		call(args) {
			const query = queryOf(args);
			if (query === undefined) return failedCall('The arguments have to be JSON with a text named query.');
			const hits = library.search(searchableWords(query)).slice(0, MAX_PASSAGES);
			const content = hits.map(({ file, line, text }) => `${file}, line ${line}:\n${text}`).join('\n\n');
			const sources = hits.map(({ text: _, ...source }) => source);
			return { success: true, summary: countOf(hits), content: content || 'Nothing was found.', sources };
		},
	};
}

export function failedCall(reason: string): ToolResult {
	return { success: false, summary: reason, content: reason, sources: [] };
}

function definitionOf({ name, description }: ToolDescription, parameters: Readonly<Record<string, unknown>>) {
	return {
		type: 'function',
		function: { name, description, parameters },
	} satisfies ChatCompletionFunctionTool;
}

function queryOf(args: string): string | undefined {
	try {
		const { query }: Record<string, unknown> = JSON.parse(args);
		return typeof query === 'string' ? query : undefined;
	} catch {
		return undefined;
	}
}
