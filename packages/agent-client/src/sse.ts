/** One dispatched event of a `text/event-stream`. */
export interface ServerSentEvent {
	/** The event's name; `message` when the stream gave none. */
	readonly event: string;
	readonly data: string;
	/** The last event id at the moment of dispatch. */
	readonly id: string;
}

/**
 * Decodes a `text/event-stream` by the WHATWG algorithm. Text goes in as it arrives, cut anywhere; complete
 * events come out, by callback. An event that the stream ends without finishing is never dispatched.
 */
export class SseDecoder {
	readonly #onEvent: (event: ServerSentEvent) => void;
	readonly #maxEventBytes: number;
	readonly #onOversize: () => never;
	/** Parts of an unfinished line. Joined once, when it ends: adding to one string each time is quadratic. */
	#fragments: string[] = [];
	#begun = false;
	#lineIsComment = false;
	#afterCarriageReturn = false;
	#lastLineWasComment = false;
	#event = '';
	#data: string[] = [];
	#id = '';
	#eventBytes = 0;
	#eventIsOver = false;

	/**
	 * @param onEvent gets each event as soon as its blank line has come
	 * @param maxEventBytes the largest event, in UTF-8 bytes with its field names and line ends; comments do
	 *   not count
	 * @param onOversize throws the error for an event beyond it
	 */
	constructor(onEvent: (event: ServerSentEvent) => void, maxEventBytes: number, onOversize: () => never) {
		this.#onEvent = onEvent;
		this.#maxEventBytes = maxEventBytes;
		this.#onOversize = onOversize;
	}

	/** @param ascii whether every character of `chunk` is one byte; a caller that knows spares the count */
	push(chunk: string, ascii = false): void {
		if (chunk === '') return;
		let start = 0;
		if (!this.#begun) {
			this.#begun = true;
			if (chunk.charCodeAt(0) === BYTE_ORDER_MARK) start = 1;
		}
		if (this.#afterCarriageReturn) {
			this.#afterCarriageReturn = false;
			if (chunk.charCodeAt(0) === LF) {
				start = 1;
				if (!this.#lastLineWasComment) this.#add(1);
			}
		}
		let lf = chunk.indexOf('\n', start);
		let cr = chunk.indexOf('\r', start);
		while (lf !== -1 || cr !== -1) {
			const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
			const part = chunk.slice(start, end);
			start = end + 1;
			let lineEndBytes = 1;
			if (end === cr) {
				if (start === chunk.length) this.#afterCarriageReturn = true;
				else if (chunk.charCodeAt(start) === LF) {
					start += 1;
					lineEndBytes = 2;
				}
			}
			this.#endLine(part, ascii, lineEndBytes);
			if (lf !== -1 && lf < start) lf = chunk.indexOf('\n', start);
			if (cr !== -1 && cr < start) cr = chunk.indexOf('\r', start);
		}
		if (start < chunk.length) this.#keep(start === 0 ? chunk : chunk.slice(start), ascii);
	}

	#keep(part: string, ascii: boolean): void {
		if (this.#fragments.length === 0) this.#lineIsComment = part.charCodeAt(0) === COLON;
		if (this.#lineIsComment) {
			// A comment of any length takes no memory: one fragment marks that a line is under way.
			if (this.#fragments.length === 0) this.#fragments.push(':');
			return;
		}
		this.#count(part, ascii, 0);
		this.#fragments.push(part);
	}

	#endLine(part: string, ascii: boolean, lineEndBytes: number): void {
		if (this.#fragments.length === 0) {
			this.#lastLineWasComment = part.charCodeAt(0) === COLON;
			if (this.#lastLineWasComment) return;
			this.#count(part, ascii, lineEndBytes);
			if (part === '') this.#dispatch();
			else this.#field(part);
			return;
		}
		const comment = this.#lineIsComment;
		this.#lastLineWasComment = comment;
		if (!comment) this.#count(part, ascii, lineEndBytes);
		this.#fragments.push(part);
		const line = comment ? '' : this.#fragments.join('');
		this.#fragments = [];
		this.#lineIsComment = false;
		if (!comment) this.#field(line);
	}

	#count(part: string, ascii: boolean, lineEndBytes: number): void {
		if (this.#eventIsOver) {
			this.#eventIsOver = false;
			this.#eventBytes = 0;
		}
		this.#add(lineEndBytes + (ascii ? part.length : utf8Length(part)));
	}

	#add(bytes: number): void {
		this.#eventBytes += bytes;
		if (this.#eventBytes > this.#maxEventBytes) this.#onOversize();
	}

	#field(line: string): void {
		const colon = line.indexOf(':');
		const name = colon === -1 ? line : line.slice(0, colon);
		const valueAt = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
		const value = colon === -1 ? '' : line.slice(valueAt);
		if (name === 'data') this.#data.push(value);
		else if (name === 'event') this.#event = value;
		else if (name === 'id' && !value.includes('\0')) this.#id = value;
		// `retry` asks for a reconnection time. An agent's turn is never reconnected to.
	}

	#dispatch(): void {
		const event = this.#event || 'message';
		const data = this.#data;
		this.#event = '';
		// Not set to 0 yet: the LF of a CRLF that was cut in two still belongs to this event.
		this.#eventIsOver = true;
		if (data.length === 0) return;
		this.#data = [];
		this.#onEvent({ event, data: data.length === 1 ? (data[0] ?? '') : data.join('\n'), id: this.#id });
	}
}

const LF = 10;
const BYTE_ORDER_MARK = 0xfeff;
const SPACE = 32;
const COLON = 58;

function utf8Length(text: string): number {
	let bytes = text.length;
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		if (unit < 0x80) continue;
		// A surrogate pair is 4 bytes: 2 for each of its halves.
		bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
	}
	return bytes;
}
