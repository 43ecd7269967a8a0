/** The same turn in the forms that the contenders understand: pieces of text, an answer, what it used, the end. */
export type Form = 'zihin' | 'openai' | 'anthropic';

/** What a consumer must have seen, so that no contender can be fast by losing something. */
export interface Tally {
	/** Events with a payload. */
	readonly events: number;
	/** UTF-16 units of all their texts. */
	readonly characters: number;
}

/** One event before it is written down. `text` is what a consumer counts of it. */
export interface WireEvent {
	readonly name: string | undefined;
	readonly payload: string;
	readonly text: string;
}

const ANSWER = 'A previsão de vendas para o próximo trimestre é de R$ 1.240.000, 8% acima do anterior.';

const WORDS = [
	'vendas',
	'previsão',
	'trimestre',
	'de',
	'cliente',
	'não',
	'relatório',
	'o',
	'análise',
	'com',
	'receita',
	'média',
];

/** About `length` units of Portuguese, different for each `seed`. With `astral`, also what UTF-8 needs 3 and 4 bytes for. */
export function sampleText(seed: number, length: number, astral = false): string {
	const parts: string[] = [];
	let written = 0;
	for (let i = seed; written < length; i++) {
		const word = astral && i % 7 === 0 ? '📈 —' : (WORDS[(i * 7 + seed) % WORDS.length] ?? '');
		parts.push(word);
		written += word.length + 1;
	}
	return parts.join(' ');
}

/** One piece of the agent's text. */
export function tokenEvent(form: Form, text: string): WireEvent {
	switch (form) {
		case 'zihin':
			return { name: 'token', payload: JSON.stringify({ content: text }), text };
		case 'openai':
			return {
				name: undefined,
				payload: JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] }),
				text,
			};
		case 'anthropic':
			return {
				name: 'content_block_delta',
				payload: JSON.stringify({
					type: 'content_block_delta',
					index: 0,
					delta: { type: 'text_delta', text },
				}),
				text,
			};
	}
}

/** What ends a turn: three events in each form. */
export function closingEvents(form: Form): readonly WireEvent[] {
	const usage = { input_tokens: 12, output_tokens: 50, total_tokens: 62 };
	switch (form) {
		case 'zihin':
			return [
				{ name: 'response', payload: JSON.stringify({ content: ANSWER, session_id: 's-1' }), text: ANSWER },
				{
					name: 'metrics',
					payload: JSON.stringify({ usage, model: 'm-1', execution_id: 'e-1' }),
					text: '',
				},
				{ name: 'done', payload: JSON.stringify({ outcome: 'COMPLETED' }), text: '' },
			];
		case 'openai':
			return [
				tokenEvent('openai', ANSWER),
				{ name: undefined, payload: JSON.stringify({ choices: [], usage, model: 'm-1' }), text: '' },
				{
					name: undefined,
					payload: JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
					text: '',
				},
			];
		case 'anthropic':
			return [
				tokenEvent('anthropic', ANSWER),
				{
					name: 'message_delta',
					payload: JSON.stringify({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }),
					text: '',
				},
				{ name: 'message_stop', payload: JSON.stringify({ type: 'message_stop' }), text: '' },
			];
	}
}

/** The units of the answer alone, which is all that a buffered call hands over. */
export const ANSWER_CHARACTERS = ANSWER.length;

export function written(event: WireEvent, lineEnd = '\n'): string {
	const name = event.name === undefined ? '' : `event: ${event.name}${lineEnd}`;
	return `${name}data: ${event.payload}${lineEnd}${lineEnd}`;
}

/** What the form sends after its last event. */
export function trailer(form: Form): string {
	return form === 'openai' ? 'data: [DONE]\n\n' : '';
}

export function tallyOf(events: readonly WireEvent[]): Tally {
	return { events: events.length, characters: events.reduce((sum, { text }) => sum + text.length, 0) };
}
