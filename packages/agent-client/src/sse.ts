/** One dispatched event of a `text/event-stream`. */
export interface ServerSentEvent {
	/** The event's name; `message` when the stream gave none. */
	readonly event: string;
	readonly data: string;
	/** The last event id at the moment of dispatch. */
	readonly id: string;
}

/** An event that is read by other means than its lines. */
export interface KnownEvent {
	/** Reads one that begins at this position and is whole; returns where the next event begins, else `at`. */
	read(text: string, at: number): number;
	/** Whether a text is the begin of one, without its last line end. */
	isBegun(rest: string): boolean;
}

/**
 * Decodes a `text/event-stream` by the WHATWG algorithm. Text goes in as it arrives, cut anywhere; complete
 * events come out, by callback. An event that the stream ends without finishing is never dispatched.
 */
export class SseDecoder {
	readonly #onEvent: (event: ServerSentEvent) => void;
	readonly #maxEventBytes: number;
	readonly #onOversize: () => never;
	readonly #known: KnownEvent | undefined;
	/** The begin of a known event, which the next chunk completes. */
	#held = '';
	#heldIsAscii = false;
	/** Parts of an unfinished line. Joined once, when it ends: adding to one string each time is quadratic. */
	#fragments: string[] = [];
	#begun = false;
	#lineIsComment = false;
	/** What a CR at the end of the text so far has ended: an LF that follows belongs to it. */
	#cutLine: 'none' | 'comment' | 'field' | 'event' = 'none';
	#event = '';
	#data: string | undefined;
	#id = '';
	/** Bytes of the event that came in earlier chunks, as far as they are counted; the rest waits in `#uncounted`. */
	#eventBytes = 0;
	#uncounted: string[] = [];
	#uncountedUnits = 0;

	/**
	 * @param onEvent gets each event as soon as its blank line has come
	 * @param maxEventBytes the largest event, in UTF-8 bytes with its field names and line ends; comments do
	 *   not count
	 * @param onOversize throws the error for an event beyond it
	 * @param known the event that most of the stream consists of
	 */
	constructor(
		onEvent: (event: ServerSentEvent) => void,
		maxEventBytes: number,
		onOversize: () => never,
		known?: KnownEvent,
	) {
		this.#onEvent = onEvent;
		this.#maxEventBytes = maxEventBytes;
		this.#onOversize = onOversize;
		this.#known = known;
	}

	/** @param bytes how many bytes `chunk` takes in UTF-8; a caller that knows spares the count */
	push(chunk: string, bytes?: number): void {
		if (chunk === '') return;
		if (this.#held === '') this.#push(chunk, bytes);
		else {
			const whole = this.#held + chunk;
			this.#held = '';
			this.#push(whole, this.#heldIsAscii && bytes === chunk.length ? whole.length : undefined);
		}
	}

	#push(chunk: string, bytes: number | undefined): void {
		let start = 0;
		/** Where the part of the event begins that this chunk holds. */
		let eventAt = 0;
		if (!this.#begun) {
			this.#begun = true;
			if (chunk.charCodeAt(0) === BYTE_ORDER_MARK) start = eventAt = 1;
		}
		if (this.#cutLine !== 'none') {
			if (chunk.charCodeAt(0) === LF) {
				start = 1;
				if (this.#cutLine !== 'field') eventAt = 1;
				if (this.#cutLine === 'event' && this.#eventBytes + 1 > this.#maxEventBytes) this.#onOversize();
			}
			if (this.#cutLine === 'event') this.#eventBytes = 0;
			this.#cutLine = 'none';
		}
		// In a chunk of this length no event can be too large, so those that are known need no counting.
		const known = 3 * chunk.length > this.#maxEventBytes ? undefined : this.#known;
		if (known !== undefined && this.#isBetweenEvents()) {
			start = eventAt = readAll(known, chunk, start);
			if (this.#hold(known, chunk, start, bytes)) return;
		}
		let lf = chunk.indexOf('\n', start);
		let cr = chunk.indexOf('\r', start);
		while (lf !== -1 || cr !== -1) {
			const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
			let next = end + 1;
			if (end === cr && chunk.charCodeAt(next) === LF) next += 1;
			const isCut = end === cr && next === chunk.length && next === end + 1;
			if (this.#endsComment(chunk, start)) {
				this.#keepCount(chunk, eventAt, start, bytes);
				eventAt = next;
				if (isCut) this.#cutLine = 'comment';
			} else if (start === end && this.#fragments.length === 0) {
				this.#checkSize(chunk, eventAt, next, isCut);
				this.#dispatch();
				if (known !== undefined && !isCut) {
					next = readAll(known, chunk, next);
					if (this.#hold(known, chunk, next, bytes)) return;
				}
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
		this.#keepCount(chunk, eventAt, commentAt, bytes);
	}

	/** Keeps what is left of a chunk, where it is the begin of a known event. Says whether nothing is left to do. */
	#hold(known: KnownEvent, chunk: string, from: number, bytes: number | undefined): boolean {
		if (chunk.length - from > LONGEST_HELD) return false;
		const rest = chunk.slice(from);
		if (rest !== '' && !known.isBegun(rest)) return false;
		this.#held = rest;
		this.#heldIsAscii = bytes === chunk.length;
		return true;
	}

	#isBetweenEvents(): boolean {
		return (
			this.#fragments.length === 0 &&
			this.#eventBytes === 0 &&
			this.#uncountedUnits === 0 &&
			this.#data === undefined &&
			this.#event === ''
		);
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

	/** Counts a part of an event that is not over. */
	#keepCount(chunk: string, from: number, to: number, bytes: number | undefined): void {
		if (from >= to) return;
		if (bytes === chunk.length) this.#eventBytes += to - from;
		else if (bytes !== undefined && to - from === chunk.length) this.#eventBytes += bytes;
		else {
			this.#uncounted.push(chunk.slice(from, to));
			this.#uncountedUnits += to - from;
		}
		if (this.#mayExceed(0)) this.#countExactly();
	}

	/** Counts the end of an event. Up to the limit nothing is counted where a guess will do: see `mayExceed`. */
	#checkSize(chunk: string, from: number, to: number, isCut: boolean): void {
		if (isCut || this.#mayExceed(to - from)) {
			this.#uncounted.push(chunk.slice(from, to));
			this.#countExactly();
		} else if (this.#uncountedUnits > 0) this.#uncounted = [];
		this.#uncountedUnits = 0;
		if (isCut) this.#cutLine = 'event';
		else this.#eventBytes = 0;
	}

	/** A unit is 3 bytes at most. While that many fit, the exact number does not matter. */
	#mayExceed(moreUnits: number): boolean {
		return this.#eventBytes + 3 * (this.#uncountedUnits + moreUnits) > this.#maxEventBytes;
	}

	#countExactly(): void {
		for (const part of this.#uncounted) this.#eventBytes += utf8Length(part);
		this.#uncounted = [];
		this.#uncountedUnits = 0;
		if (this.#eventBytes > this.#maxEventBytes) this.#onOversize();
	}

	#field(line: string): void {
		if (line.startsWith('data:')) {
			const value = line.slice(line.charCodeAt(5) === SPACE ? 6 : 5);
			this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
		} else if (line.startsWith('event:')) this.#event = line.slice(line.charCodeAt(6) === SPACE ? 7 : 6);
		else this.#rareField(line);
	}

	#rareField(line: string): void {
		if (line === 'data') this.#data = this.#data === undefined ? '' : `${this.#data}\n`;
		else if (line === 'event') this.#event = '';
		else if (line === 'id') this.#id = '';
		else if (line.startsWith('id:') && !line.includes('\0')) {
			this.#id = line.slice(line.charCodeAt(3) === SPACE ? 4 : 3);
		}
		// `retry` asks for a reconnection time. An agent's turn is never reconnected to.
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
function readAll(known: KnownEvent, text: string, from: number): number {
	for (let at = from; ; ) {
		const next = known.read(text, at);
		if (next === at) return at;
		at = next;
	}
}

/** Longer begins are read by their lines: a held one is copied with each chunk that does not complete it. */
const LONGEST_HELD = 512;

const LF = 10;
const BYTE_ORDER_MARK = 0xfeff;
const SPACE = 32;
const COLON = 58;

const encoder = new TextEncoder();

/** By the engine: a loop over the units takes longer than all the rest of an event. */
function utf8Length(text: string): number {
	return encoder.encode(text).byteLength;
}
