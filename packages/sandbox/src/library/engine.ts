import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, PastTurn, Source } from '../engine.ts';
import { countTokens, splitTokens } from '../tokens.ts';
import type { Library } from './library.ts';
import type { Hit } from './search.ts';
import { searchableWords } from './words.ts';

/** So much of a question is quoted back. */
const MAX_QUOTE = 120;

interface Question {
	readonly text: string;
	readonly words: readonly string[];
	/** What the session has been given on it already. */
	readonly given: readonly Source[];
	readonly followUp: boolean;
}

interface Answer {
	readonly content: string;
	readonly sources: readonly Source[];
}

/** Answers from Markdown: the best passage and where it stands. No model, so the same question has the same answer. */
export function libraryEngine(library: Library, tokenDelayMs: number): Engine {
	return {
		model: 'library',
		async run({ message, history, maxTokens, signal }, emit) {
			const question = questionOf(message, history);
			const hits = question ? library.search(question.words) : [];
			if (question) {
				await emit({ type: 'tool', tool: 'library_search', success: true, summary: countOf(hits) });
			}
			const answer = answerTo(question, hits);
			const tokens = splitTokens(answer.content).slice(0, maxTokens);
			for (const content of tokens) {
				if (tokenDelayMs > 0) await sleep(tokenDelayMs, undefined, { signal });
				signal.throwIfAborted();
				await emit({ type: 'token', content });
			}
			await emit({
				type: 'response',
				content: tokens.join(''),
				sources: answer.sources,
				usage: { inputTokens: countTokens(message), outputTokens: tokens.length },
			});
		},
	};
}

/** What a search is said to have found. */
export function countOf(hits: readonly Hit[]): string {
	return hits.length === 1 ? '1 passage found' : `${hits.length} passages found`;
}

/** "Tell me more" has nothing to search for: it continues the last question of the session that had. */
function questionOf(message: string, history: readonly PastTurn[]): Question | undefined {
	const words = searchableWords(message);
	if (words.length > 0) return { text: message, words, given: [], followUp: false };
	const given: Source[] = [];
	for (const turn of [...history].reverse()) {
		given.push(...turn.sources);
		const earlier = searchableWords(turn.message);
		if (earlier.length > 0) return { text: turn.message, words: earlier, given, followUp: true };
	}
	return undefined;
}

function answerTo(question: Question | undefined, hits: readonly Hit[]): Answer {
	if (!question) {
		return { content: 'I do not know what to continue: ask me a question first.', sources: [] };
	}
	const next = hits.find(hit => !question.given.some(source => isSamePlace(source, hit)));
	if (next) {
		const { text, ...source } = next;
		return { content: `${text}\n\nSource: ${source.file}, line ${source.line}`, sources: [source] };
	}
	const found = question.followUp && question.given.length > 0 ? 'nothing more' : 'nothing';
	return { content: `I found ${found} about "${quote(question.text)}" in the library.`, sources: [] };
}

function isSamePlace(one: Source, other: Source): boolean {
	return one.file === other.file && one.line === other.line;
}

/** On one line, and cut between characters. */
function quote(question: string): string {
	const line = question
		.slice(0, MAX_QUOTE * 4)
		.replace(/\s+/g, ' ')
		.trim();
	const characters = Array.from(line);
	return characters.length > MAX_QUOTE ? `${characters.slice(0, MAX_QUOTE).join('')}…` : line;
}
