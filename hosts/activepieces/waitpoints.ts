import { randomBytes } from 'node:crypto';
import type { ResumePayload } from './calls.ts';

interface Waitpoint {
	readonly id: string;
	/** Empty where something came for a run that had no waitpoint then. */
	readonly step: string;
	/** What came before the run has paused. */
	completed?: { readonly payload: ResumePayload | null };
}

/**
 * The waitpoints of one run, as they were measured: a step has one, and gets the same again when it is repeated,
 * or is the next item of a loop; what comes while the run is busy is kept until it pauses, for whatever step that
 * does; and there is one timer for a run, so that one which is still set keeps the next from being set.
 */
export class Waitpoints {
	readonly #waitpoints: Waitpoint[] = [];
	readonly #timersRunFaster: number;
	#timer: NodeJS.Timeout | undefined;
	#wake: ((payload: ResumePayload | null) => void) | undefined;

	constructor(timersRunFaster: number) {
		this.#timersRunFaster = timersRunFaster;
	}

	/** @param resumeAt for a waitpoint that a timer ends */
	create(step: string, resumeAt: number | undefined): string {
		const known = this.#waitpoints.find(({ completed }) => completed) ?? this.#of(step);
		if (known !== undefined) return known.id;
		const waitpoint = this.#add(step);
		if (resumeAt !== undefined && this.#timer === undefined) {
			const ms = Math.max(0, resumeAt - Date.now()) / this.#timersRunFaster;
			this.#timer = setTimeout(() => {
				this.#timer = undefined;
				this.resume(waitpoint.id, null);
			}, ms);
		}
		return waitpoint.id;
	}

	/** Pauses the run until something ends its pause. */
	pause(): Promise<ResumePayload | null> {
		const early = this.#waitpoints.find(({ completed }) => completed);
		if (early?.completed !== undefined) {
			this.#remove(early);
			return Promise.resolve(early.completed.payload);
		}
		return new Promise(resolve => {
			this.#wake = resolve;
		});
	}

	get isPaused(): boolean {
		return this.#wake !== undefined;
	}

	/** @returns whether it had an effect, now or when the run pauses */
	resume(id: string, payload: ResumePayload | null): boolean {
		const waitpoint = this.#waitpoints.find(known => known.id === id);
		if (this.#wake !== undefined) {
			if (waitpoint === undefined) return false;
			this.#remove(waitpoint);
			const wake = this.#wake;
			this.#wake = undefined;
			wake(payload);
			return true;
		}
		if (waitpoint !== undefined) waitpoint.completed ??= { payload };
		else if (this.#waitpoints.length === 0) this.#add('').completed = { payload };
		return true;
	}

	close(): void {
		clearTimeout(this.#timer);
	}

	#of(step: string): Waitpoint | undefined {
		return this.#waitpoints.find(waitpoint => waitpoint.step === step);
	}

	#add(step: string): Waitpoint {
		const waitpoint: Waitpoint = { id: randomBytes(10).toString('hex'), step };
		this.#waitpoints.push(waitpoint);
		return waitpoint;
	}

	#remove(waitpoint: Waitpoint): void {
		this.#waitpoints.splice(this.#waitpoints.indexOf(waitpoint), 1);
	}
}
