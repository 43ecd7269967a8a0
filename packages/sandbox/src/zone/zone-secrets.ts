/** What a zone's tokens are signed with. While a secret is replaced, tokens of the old one are accepted as well. */
export class ZoneSecrets {
	readonly #make: (generation: number) => string;
	#generation = 1;
	#accepted: readonly string[];

	constructor(make: (generation: number) => string) {
		this.#make = make;
		this.#accepted = [make(1)];
	}

	/** Signs from now on. */
	get current(): string {
		return this.#make(this.#generation);
	}

	/** The newest first. */
	get accepted(): readonly string[] {
		return this.#accepted;
	}

	rotate(): void {
		this.#generation += 1;
		this.#accepted = [this.current, ...this.#accepted];
	}

	/** From here on the current one alone is accepted. */
	retire(): void {
		this.#accepted = [this.current];
	}
}
