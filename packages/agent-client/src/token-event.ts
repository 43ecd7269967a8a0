import type { KnownEvent } from './sse.ts';

const HEADS = ['event: token\ndata: {"content":', 'event: token\r\ndata: {"content":'] as const;
const TAILS = ['"}\n\n', '"}\r\n\r\n'] as const;
const SPACE = 32;
const QUOTE = 34;
/** What stands in a JSON string for itself: no quote, no backslash, no control character. */
const PLAIN = /^[ !#-[\]-\uffff]*$/;

/**
 * The `token` event where it is written in the plainest way: one field of text in which nothing is escaped. Nearly
 * all events of a stream are, and to take their text as it stands costs half of finding their lines and parsing
 * their JSON. Any other spelling is left to the ordinary way.
 * @param onToken gets the text
 */
export function tokenEvent(onToken: (content: string) => void): KnownEvent {
	return {
		read: (text, at) => {
			const form = text.startsWith(HEADS[0], at) ? 0 : 1;
			if (form === 1 && !text.startsWith(HEADS[1], at)) return at;
			let from = at + HEADS[form].length;
			if (text.charCodeAt(from) === SPACE) from += 1;
			if (text.charCodeAt(from) !== QUOTE) return at;
			from += 1;
			const end = text.indexOf('"', from);
			if (end === -1 || !text.startsWith(TAILS[form], end)) return at;
			const content = text.slice(from, end);
			if (!PLAIN.test(content)) return at;
			onToken(content);
			return end + TAILS[form].length;
		},
		isBegun: rest =>
			HEADS.some(head => (rest.length < head.length ? head.startsWith(rest) : rest.startsWith(head))) &&
			!/[\r\n]/.test(rest.slice(HEADS[1].length)),
	};
}
