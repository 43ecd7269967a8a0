import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as textOf } from 'mdast-util-to-string';
import { z } from 'zod';
import type { TriggerConfig } from './trigger-schema.ts';
import { assumed } from './wire-marks.ts';

type Adapter = TriggerConfig['response_adapter'];

/** The bodies of a synchronous dispatch in the formats of other systems. Only their names are documented. */
export const AdaptedBody = z.union([
	assumed(z.array(z.object({ message: assumed(z.string()) }))).describe('ebarn'),
	z
		.object({
			response_type: assumed(z.literal('in_channel')),
			text: assumed(z.string()),
			blocks: assumed(
				z.array(
					z.object({
						type: assumed(z.literal('section')),
						text: z.object({ type: assumed(z.literal('mrkdwn')), text: assumed(z.string()) }),
					}),
				),
			),
		})
		.describe('slack'),
	z.object({ type: assumed(z.literal('message')), text: assumed(z.string()) }).describe('teams'),
]);

/** Documented: longer text messages are not sent. */
const MAX_TWIML_CHARS = 4096;

/** An answer as the messages that it is sent as: whole, or a paragraph each. */
export function messagesOf(response: string, adapter: Adapter): string[] {
	if (!adapter.split_messages) return [response];
	const paragraphs = response.split(/\n{2,}/).filter(paragraph => paragraph.trim() !== '');
	const limit = adapter.max_messages ?? paragraphs.length;
	if (paragraphs.length <= limit) return paragraphs;
	// Nothing is dropped: the last message holds what is left.
	return [...paragraphs.slice(0, limit - 1), paragraphs.slice(limit - 1).join('\n\n')];
}

export function adapted(
	messages: readonly string[],
	format: 'ebarn' | 'slack' | 'teams',
): z.infer<typeof AdaptedBody> {
	const text = messages.join('\n\n');
	if (format === 'ebarn') return messages.map(message => ({ message }));
	// Teams shows one message for one answer, however it was split.
	if (format === 'teams') return { type: 'message', text };
	const blocks = messages.map(message => ({
		type: 'section' as const,
		text: { type: 'mrkdwn' as const, text: message },
	}));
	return { response_type: 'in_channel', text, blocks };
}

/** Text messages as TwiML, without Markdown's signs and cut where a text message has to end. */
export function twiml(messages: readonly string[]): string {
	const elements = messages.map(message => `<Message>${escaped(cut(plainText(message)))}</Message>`);
	return `<?xml version="1.0" encoding="UTF-8"?><Response>${elements.join('')}</Response>`;
}

function plainText(markdown: string): string {
	return fromMarkdown(markdown)
		.children.map(block => textOf(block))
		.join('\n\n');
}

/** Not in the middle of a surrogate pair. */
function cut(text: string): string {
	return text.slice(0, MAX_TWIML_CHARS).replace(/[\uD800-\uDBFF]$/, '');
}

/** Characters that XML cannot hold at all are left out. */
function escaped(text: string): string {
	return text
		.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;');
}
