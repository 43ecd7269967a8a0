/** One dispatched event of a `text/event-stream`. */
export interface ServerSentEvent {
	/** The event's name; `message` when the stream gave none. */
	readonly event: string;
	readonly data: string;
	/** The last event id at the moment of dispatch. */
	readonly id: string;
}

/**
 * Reads an event that it knows by other means than its lines, where one begins at this position and is whole.
 * @returns where the next event begins, else `at`
 */
export type ReadKnown = (text: string, at: number) => number;

/**
 * Decodes a `text/event-stream` by the WHATWG algorithm. Text goes in as it arrives, cut anywhere; complete
 * events come out, by callback. An event that the stream ends without finishing is never dispatched.
 */
export class SseDecoder {
	readonly #onEvent: (event: ServerSentEvent) => void;
	readonly #maxEventBytes: number;
	readonly #onOversize: () => never;
	readonly #known: ReadKnown | undefined;
	/** Parts of an unfinished line. Joined once, when it ends: adding to one string each time is quadratic. */
	#fragments: string[] = [];
	#begun = false;
	#lineIsComment = false;
	/** What a CR at the end of the text so far has ended: an LF that follows belongs to it. */
	#cutLine: 'comment' | 'field' | 'event' | undefined;
	#event = '';
	#data: string | undefined;
	#id = '';
	/** Bytes of the event that came in earlier chunks. */
	#eventBytes = 0;

	/**
	 * @param onEvent gets each event as soon as its blank line has come
	 * @param maxEventBytes the largest event, in UTF-8 bytes with its field names and line ends; comments do
	 *   not count
	 * @param onOversize throws the error for an event beyond it
	 * @param known reads the event that most of the stream consists of
	 */
	constructor(
		onEvent: (event: ServerSentEvent) => void,
		maxEventBytes: number,
		onOversize: () => never,
		known?: ReadKnown,
	) {
		this.#onEvent = onEvent;
		this.#maxEventBytes = maxEventBytes;
		this.#onOversize = onOversize;
		this.#known = known;
	}

	/** How many bytes of an event have come that has not ended. */
	get unfinishedBytes(): number {
		return this.#eventBytes;
	}

	/** @param bytes how many bytes `chunk` takes in UTF-8 */
	push(chunk: string, bytes: number): void {
		if (chunk === '') return;
		let start = 0;
		/** Where the part of the event begins that this chunk holds. */
		let eventAt = 0;
		if (!this.#begun) {
			this.#begun = true;
			if (chunk.charCodeAt(0) === BYTE_ORDER_MARK) start = eventAt = 1;
		}
		if (this.#cutLine !== undefined) {
			if (chunk.charCodeAt(0) === LF) {
				start = 1;
				if (this.#cutLine !== 'field') eventAt = 1;
				if (this.#cutLine === 'event') this.#count(chunk, 0, 1, bytes);
			}
			if (this.#cutLine === 'event') this.#eventBytes = 0;
			this.#cutLine = undefined;
		}
		// In a chunk of this length no event can be too large, so those that are known need no counting.
		const known = 3 * chunk.length > this.#maxEventBytes ? undefined : this.#known;
		if (known !== undefined && this.#eventBytes === 0 && this.#fragments.length === 0) {
			start = eventAt = readAll(known, chunk, start);
			if (start === chunk.length) return;
		}
		let lf = chunk.indexOf('\n', start);
		let cr = chunk.indexOf('\r', start);
		while (lf !== -1 || cr !== -1) {
			const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
			let next = end + 1;
			if (end === cr && chunk.charCodeAt(next) === LF) next += 1;
			const isCut = end === cr && end + 1 === chunk.length;
			if (this.#endsComment(chunk, start)) {
				this.#count(chunk, eventAt, start, bytes);
				eventAt = next;
				if (isCut) this.#cutLine = 'comment';
			} else if (start === end && this.#fragments.length === 0) {
				// A unit is 3 bytes at most.
				if (isCut || this.#eventBytes + 3 * (next - eventAt) > this.#maxEventBytes) {
					this.#count(chunk, eventAt, next, bytes);
				}
				if (isCut) this.#cutLine = 'event';
				else this.#eventBytes = 0;
				this.#dispatch();
				if (known !== undefined && !isCut) next = readAll(known, chunk, next);
				eventAt = next;
			} else {
				this.#field(this.#wholeLine(chunk.slice(start, end)));
				if (isCut) this.#cutLine = 'field';
			}
			start = next;
			if (lf !== -1 && lf < start) lf = chunk.indexOf('\n', start);
			if (cr !== -1 && cr < start) cr = chunk.indexOf('\r', start);
		}
		const commentAt = start < chunk.length && this.#keep(chunk, start) ? start : chunk.length;
		if (eventAt < commentAt) this.#count(chunk, eventAt, commentAt, bytes);
	}

	/** Whether the line that ends now is a comment. */
	#endsComment(chunk: string, start: number): boolean {
		if (this.#fragments.length === 0) return chunk.charCodeAt(start) === COLON;
		if (!this.#lineIsComment) return false;
		this.#fragments = [];
		this.#lineIsComment = false;
		return true;
	}

	/** Keeps the begin of a line, or more of it. Says whether it is a comment. */
	#keep(chunk: string, start: number): boolean {
		if (this.#fragments.length === 0) this.#lineIsComment = chunk.charCodeAt(start) === COLON;
		// A comment of any length takes no memory: one fragment marks that a line is under way.
		if (!this.#lineIsComment) this.#fragments.push(start === 0 ? chunk : chunk.slice(start));
		else if (this.#fragments.length === 0) this.#fragments.push(':');
		return this.#lineIsComment;
	}

	#wholeLine(part: string): string {
		if (this.#fragments.length === 0) return part;
		this.#fragments.push(part);
		const line = this.#fragments.join('');
		this.#fragments = [];
		return line;
	}

	/** Counts a part of an event. */
	#count(chunk: string, from: number, to: number, bytes: number): void {
		if (to - from === chunk.length) this.#eventBytes += bytes;
		else this.#eventBytes += bytes === chunk.length ? to - from : utf8Length(chunk.slice(from, to));
		if (this.#eventBytes > this.#maxEventBytes) this.#onOversize();
	}

	/** Other fields than these mean nothing here: an agent's turn is never reconnected to, as `retry` has it. */
	#field(line: string): void {
		const colon = line.indexOf(':');
		const name = colon === -1 ? line : line.slice(0, colon);
		const at = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
		const value = colon === -1 ? '' : line.slice(at);
		if (name === 'data') this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
		else if (name === 'event') this.#event = value;
		else if (name === 'id' && !value.includes('\0')) this.#id = value;
	}

	#dispatch(): void {
		const event = this.#event || 'message';
		const data = this.#data;
		this.#event = '';
		if (data === undefined) return;
		this.#data = undefined;
		this.#onEvent({ event, data, id: this.#id });
	}
}

/** Reads known events, one after the other, as far as they go. */
function readAll(known: ReadKnown, text: string, from: number): number {
	for (let at = from; ; ) {
		const next = known(text, at);
		if (next === at) return at;
		at = next;
	}
}

const LF = 10;
const BYTE_ORDER_MARK = 0xfeff;
const SPACE = 32;
const COLON = 58;

const encoder = new TextEncoder();

/** By the engine: a loop over the units takes longer than all the rest of an event. */
function utf8Length(text: string): number {
	return encoder.encode(text).byteLength;
}
