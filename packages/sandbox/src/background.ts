/** Work that outlives the request that started it, and that has to be over before the sandbox has closed. */
export class Background {
	readonly #stopping = new AbortController();
	readonly #jobs = new Set<Promise<void>>();

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

	/** A job that does not end although it was told to is left behind after `graceMs`. */
	async stop(graceMs: number): Promise<void> {
		this.#stopping.abort();
		let timer: NodeJS.Timeout | undefined;
		const grace = new Promise(resolve => {
			timer = setTimeout(resolve, graceMs);
		});
		await Promise.race([Promise.all(this.#jobs), grace]);
		clearTimeout(timer);
	}
}
