import { masked } from './mask.ts';

/** So much of a body is kept for people to read. */
export const MAX_EXCERPT_BYTES = 64 * 1024;

/** The beginning of a body, taken piece by piece while it goes by. */
export class Excerpt {
	readonly #pieces: (string | Uint8Array)[] = [];
	#kept = 0;
	#bytes = 0;

	take(piece: string | Uint8Array): void {
		const bytes = typeof piece === 'string' ? Buffer.byteLength(piece) : piece.byteLength;
		this.#bytes += bytes;
		const room = MAX_EXCERPT_BYTES - this.#kept;
		if (room <= 0) return;
		this.#kept += Math.min(bytes, room);
		// A text is made bytes of only when somebody looks, as a rule never.
		if (typeof piece === 'string' && bytes <= room) this.#pieces.push(piece);
		// A copy: this may be a window on a far bigger buffer, which would be kept with it.
		else this.#pieces.push(new Uint8Array(bytesOf(piece).subarray(0, room)));
	}

	/** Of the whole body, however little of it was kept. */
	get bytes(): number {
		return this.#bytes;
	}

	get isCut(): boolean {
		return this.#bytes > this.#kept;
	}

	/** For people: secrets are masked, and a character that was cut off at the end is left out. */
	text(): string {
		const decoder = new TextDecoder();
		return masked(decoder.decode(Buffer.concat(this.#pieces.map(bytesOf)), { stream: true }));
	}
}

function bytesOf(piece: string | Uint8Array): Uint8Array {
	return typeof piece === 'string' ? Buffer.from(piece) : piece;
}
