/** The newest of what comes, oldest first; what does not fit any more is dropped from the front. */
export class Ring<T> {
	readonly #size: number;
	readonly #items: T[] = [];
	#next = 0;

	constructor(size: number) {
		this.#size = size;
	}

	/** Returns what had to go. */
	push(item: T): T | undefined {
		const dropped = this.#items[this.#next];
		this.#items[this.#next] = item;
		this.#next = (this.#next + 1) % this.#size;
		return dropped;
	}

	newestFirst(): T[] {
		return [...this.#items.slice(0, this.#next).reverse(), ...this.#items.slice(this.#next).reverse()];
	}
}
