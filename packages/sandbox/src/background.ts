/** So long a closing sandbox waits for callers to take the end of their streams. */
const FAREWELL_MS = 1_000;

/** Work that outlives the request that started it, and that has to be over before the sandbox has closed. */
export class Background {
	readonly #stopping = new AbortController();
	readonly #jobs = new Set<Promise<void>>();
	readonly #farewells = new Set<Promise<void>>();

	/** Aborted once, when the sandbox closes. */
	get stopping(): AbortSignal {
		return this.#stopping.signal;
	}

	run(job: () => Promise<void>): void {
		const running = job()
			.catch((error: unknown) => console.error('A background job of the sandbox failed:', error))
			.finally(() => this.#jobs.delete(running));
		this.#jobs.add(running);
	}

	/** Something that a closing sandbox waits for, but not for long: `closed` does not fail. */
	waitAtTheEnd(closed: Promise<void>): void {
		this.#farewells.add(closed);
		void closed.then(() => this.#farewells.delete(closed));
	}

	/** A job that does not end although it was told to is left behind after `graceMs`. */
	async stop(graceMs: number): Promise<void> {
		this.#stopping.abort();
		const farewell = within(FAREWELL_MS, Promise.all(this.#farewells));
		await within(graceMs, Promise.all([farewell, ...this.#jobs]));
	}
}

/** Resolves when the work is done, or when the time is up. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const timeIsUp = new Promise(resolve => {
		timer = setTimeout(resolve, ms);
	});
	await Promise.race([work, timeIsUp]);
	clearTimeout(timer);
}
