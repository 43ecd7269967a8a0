import type { Callback } from './callback.ts';

/** The callbacks that wait for their steps, and the steps that wait for their callbacks. */
export class Inbox {
	readonly #callbacks = new Map<string, Callback[]>();
	readonly #waiting = new Map<string, () => void>();

	put(callback: Callback): void {
		this.#callbacks.set(callback.id, [...(this.#callbacks.get(callback.id) ?? []), callback]);
		this.#waiting.get(callback.id)?.();
	}

	/** The next callback of a step; nothing when none comes in time. */
	async take(id: string, ms: number): Promise<Callback | undefined> {
		const waiting = () => this.#callbacks.get(id) ?? [];
		if (waiting().length === 0 && ms > 0) {
			await new Promise<void>(resolve => {
				const timer = setTimeout(resolve, ms);
				this.#waiting.set(id, () => {
					clearTimeout(timer);
					resolve();
				});
			});
			this.#waiting.delete(id);
		}
		return waiting().shift();
	}
}
