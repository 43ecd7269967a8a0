const LONGEST_KEY = 128;
const MOST_BYTES = 512 * 1024;

/** What the steps of a flow keep: JSON by a key. */
export class Store {
	readonly #values = new Map<string, string>();

	get(key: string): unknown {
		const text = this.#values.get(key);
		return text === undefined ? null : JSON.parse(text);
	}

	put(key: string, value: unknown): unknown {
		if (key.length > LONGEST_KEY) throw new Error(`The key ${key} is longer than ${LONGEST_KEY} characters.`);
		const text = JSON.stringify(value);
		if (text.length > MOST_BYTES) throw new Error(`The value of ${key} is larger than ${MOST_BYTES} bytes.`);
		this.#values.set(key, text);
		return value;
	}

	delete(key: string): void {
		this.#values.delete(key);
	}

	keys(): readonly string[] {
		return [...this.#values.keys()];
	}
}
