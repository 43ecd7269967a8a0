/**
 * Decodes the UTF-8 of a `text/event-stream` that arrives cut anywhere, event by event: text is given as soon as an
 * event may end with it, and the begin of the next one waits as bytes. So a short event is never put together from
 * pieces of text, and its bytes can be decoded without a memory of those before, which engines do faster.
 */
export class EventText {
	readonly #onText: (text: string, bytes: number) => void;
	/** The bytes that wait: the first `#length` of it. */
	#waiting = new Uint8Array(FIRST_CAPACITY);
	#length = 0;
	/** The last byte so far. */
	#last = 0;
	readonly #pieces = newDecoder();
	/** The bytes of a character that have been decoded without its end. */
	#begun = 0;

	/** @param onText gets the text, and how many bytes it took */
	constructor(onText: (text: string, bytes: number) => void) {
		this.#onText = onText;
	}

	/** How many bytes have come whose text was not given. */
	get waiting(): number {
		return this.#length + this.#begun;
	}

	/** @param isLong whether they are of a long event, whose end is not worth looking for: all text is given */
	push(bytes: Uint8Array, isLong: boolean): void {
		const end = isLong ? bytes.length : this.#endOfEvents(bytes);
		const due = end < bytes.length ? bytes.subarray(0, end) : bytes;
		this.#last = bytes[bytes.length - 1] ?? this.#last;
		if (this.#length > 0) {
			this.#wait(due);
			if (end > 0) this.flush();
		} else if (end > 0) this.#give(due);
		if (end < bytes.length) this.#wait(bytes.subarray(end));
	}

	/** Gives what waits, although no event ends with it. */
	flush(): void {
		if (this.#length === 0) return;
		const bytes = this.#waiting.subarray(0, this.#length);
		this.#length = 0;
		this.#give(bytes);
	}

	#give(bytes: Uint8Array): void {
		const due = this.#begun + bytes.length;
		const begun = incompleteBytes(bytes);
		const isWhole = this.#begun + begun === 0;
		const text =
			isWhole && bytes.length < SHORT ? whole.decode(bytes) : this.#pieces.decode(bytes, { stream: true });
		this.#begun = text === '' ? due : begun;
		this.#onText(text, due - this.#begun);
	}

	#wait(bytes: Uint8Array): void {
		const length = this.#length + bytes.length;
		if (length > this.#waiting.length) {
			const larger = new Uint8Array(2 * length);
			larger.set(this.#waiting.subarray(0, this.#length));
			this.#waiting = larger;
		}
		this.#waiting.set(bytes, this.#length);
		this.#length = length;
	}

	/**
	 * Where the last event ends that may end in these bytes; 0 where there is none. Of many bytes only the last are
	 * looked at, and where those do not tell, all may be an event's end.
	 */
	#endOfEvents(bytes: Uint8Array): number {
		// Of two line ends in a row, one is at every second place.
		for (let at = bytes.length - 1; at >= 0; at -= 2) {
			if (bytes.length - at > NEAR) return bytes.length;
			if (!isLineEnd(bytes[at])) continue;
			if (at + 1 < bytes.length && this.#mayEndEvent(bytes, at + 1)) return at + 2;
			if (this.#mayEndEvent(bytes, at)) return at + 1;
		}
		return this.#mayEndEvent(bytes, 0) ? 1 : 0;
	}

	/**
	 * Whether two line ends come in a row here. Those of a CRLF are only one where that can be seen; to take them for
	 * two does no harm.
	 */
	#mayEndEvent(bytes: Uint8Array, at: number): boolean {
		const before = at > 0 ? bytes[at - 1] : this.#last;
		if (before === CR && bytes[at] === LF) return isLineEnd(at > 1 ? bytes[at - 2] : this.#last);
		return isLineEnd(before) && isLineEnd(bytes[at]);
	}
}

const LF = 10;
const CR = 13;
const FIRST_CAPACITY = 512;

/** How far back the end of an event is looked for, in bytes. The events of most streams are shorter. */
const NEAR = 256;

/** Node's decoder is faster with a short text where it need not remember anything, and slower with a long one. */
const SHORT = 192;

const whole = newDecoder();

function isLineEnd(byte: number | undefined): boolean {
	return byte === LF || byte === CR;
}

/** How many bytes at the end begin a character that is not complete. */
function incompleteBytes(bytes: Uint8Array): number {
	for (let back = 1; back <= 3; back++) {
		const byte = bytes[bytes.length - back] ?? 0;
		if (byte < 0x80) break;
		if (byte >= 0xc0) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? back : 0;
	}
	return 0;
}

/** The decoder of events takes the byte order mark; Node's own would also take one in the middle of a stream. */
function newDecoder() {
	return new TextDecoder('utf-8', { ignoreBOM: true });
}
