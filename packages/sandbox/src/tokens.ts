/**
 * The sandbox's tokens are words: a run of visible characters and the blanks after it (blanks at the very
 * start belong to the first word). No model's tokenizer counts like that, but it is the same for everybody,
 * it can be checked by eye, and joining the tokens gives the text back, character for character.
 */
export function splitTokens(text: string): string[] {
	return text.match(/^\s*\S+\s*|\S+\s*|^\s+$/g) ?? [];
}

export function countTokens(text: string): number {
	return splitTokens(text).length;
}
