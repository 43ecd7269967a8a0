import { masked } from './mask.ts';

/** So much of a body is kept for people to read. */
export const MAX_EXCERPT_BYTES = 64 * 1024;

/** The beginning of a body, taken piece by piece while it goes by. */
export class Excerpt {
	readonly #pieces: Uint8Array[] = [];
	#kept = 0;
	#bytes = 0;

	take(piece: string | Uint8Array): void {
		this.#bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.byteLength;
		const room = MAX_EXCERPT_BYTES - this.#kept;
		if (room <= 0) return;
		const kept = (typeof piece === 'string' ? Buffer.from(piece) : piece).subarray(0, room);
		// A copy of what is a window on a far bigger buffer, which would be kept with it.
		this.#pieces.push(kept.buffer.byteLength > 2 * kept.byteLength ? new Uint8Array(kept) : kept);
		this.#kept += kept.byteLength;
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
		return masked(decoder.decode(Buffer.concat(this.#pieces), { stream: true }));
	}
}
