import type { Background } from './background.ts';
import { callbackBody } from './callback-body.ts';
import {
	type CallbackMessage,
	callbackMessage,
	earlyMessage,
	foreignMessage,
	forgedMessage,
} from './callback-message.ts';
import type { CallbackAttempt, CallbackOutbox, OutgoingCallback } from './callback-outbox.ts';
import { DEFAULT_TIMEOUT_MS, postCallback } from './callback-post.ts';
import { type AttemptOutcome, DEFAULT_RETRY_DELAYS_MS, judge, type Verdict } from './callback-schedule.ts';
import type { Executions } from './executions.ts';
import type { Profile } from './profile.ts';

export interface CallbackOptions {
	/** Milliseconds before each repetition, give or take a fifth. Default 1 s, 5 s, 25 s, 2 min, 10 min. */
	readonly retryDelaysMs?: readonly number[];
	/** How long a receiver may take, in milliseconds. Default 15,000. */
	readonly timeoutMs?: number;
}

/** A receiver that takes its time must not use up the connections that others wait for. */
const MAX_IN_FLIGHT = 64;
const MAX_IN_FLIGHT_PER_RECEIVER = 8;
/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Sends the outbox: each message at least once, until its receiver takes it or its attempts are used up. */
export class Callbacks {
	readonly #executions: Executions;
	readonly #outbox: CallbackOutbox;
	readonly #background: Background;
	readonly #delaysMs: readonly number[];
	readonly #timeoutMs: number;
	readonly #signed: boolean;
	readonly #inFlight = new Map<number, string>();
	#timer: NodeJS.Timeout | undefined;

	constructor(
		executions: Executions,
		outbox: CallbackOutbox,
		background: Background,
		{ signedCallbacks, callbackAttempts }: Profile,
		options: CallbackOptions,
	) {
		this.#executions = executions;
		this.#outbox = outbox;
		this.#background = background;
		this.#delaysMs = (options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS).slice(0, callbackAttempts - 1);
		this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
		this.#signed = signedCallbacks;
		background.stopping.addEventListener('abort', () => clearTimeout(this.#timer));
	}

	/** The messages that are being sent at this moment. */
	get inFlight(): readonly number[] {
		return [...this.#inFlight.keys()];
	}

	/** Sends what is due, as far as there is room, and sleeps until the next message is. */
	wake(): void {
		clearTimeout(this.#timer);
		if (this.#background.stopping.aborted) return;
		const now = Date.now();
		for (const { receiver, dueAt } of this.#outbox.receivers()) {
			const room = this.#roomFor(receiver);
			if (room === 0) continue;
			if (dueAt > now) {
				// The receivers come by due time: no later one is due either.
				this.#timer = setTimeout(
					() => this.#background.run(async () => this.wake()),
					Math.min(dueAt - now, MAX_TIMER_MS),
				);
				return;
			}
			for (const callback of this.#outbox.claim(receiver, now, room)) {
				this.#inFlight.set(callback.seq, receiver);
				this.#background.run(() => this.#deliver(callback));
			}
		}
	}

	/** Before the dispatch is answered: tells the receiver already, where that is the fault asked for. */
	async announceEarly(executionId: string): Promise<void> {
		const callback = this.#outbox.get(executionId);
		const execution = this.#executions.get(executionId);
		if (!execution || callback?.fault?.name !== 'callback-early') return;
		const startedAt = Date.now();
		const outcome = await this.#post(earlyMessage(callback, callbackBody(execution), this.#signed));
		// A receiver that took it has nothing more coming; one that refused gets the result in its time.
		const taken = judge(outcome, 0, []).status === 'delivered';
		this.#outbox.record(callback, startedAt, outcome, { status: taken ? 'delivered' : 'waiting' });
	}

	/** The attempts of an execution's callback, oldest first; the last 50. */
	attempts(executionId: string): CallbackAttempt[] {
		return this.#outbox.attempts(executionId);
	}

	/** Sends an execution's callback again, whatever became of it. False when there is nothing to send. */
	resend(executionId: string): boolean {
		const due = this.#outbox.resend(executionId);
		this.wake();
		return due;
	}

	async #deliver(callback: OutgoingCallback): Promise<void> {
		try {
			const fault = callback.attempts === 0 ? callback.fault?.name : undefined;
			if (fault === 'callback-lost') {
				const lost = { status: null, error: 'Lost on purpose (callback-lost).' };
				this.#outbox.record(callback, Date.now(), lost, { status: 'failed' });
				return;
			}
			if (fault === 'callback-forged') await this.#post(forgedMessage(callback, this.#signed));
			if (fault === 'callback-foreign') await this.#post(this.#foreign(callback));
			const verdict = await this.#attempt(callback);
			if (fault === 'callback-duplicate' && verdict?.status === 'delivered') {
				await this.#attempt({ ...callback, attempts: 1, tries: 1, owner: null }, verdict);
			}
		} finally {
			this.#inFlight.delete(callback.seq);
			this.wake();
		}
	}

	/** Undefined when the sandbox closed meanwhile: the message stays due, for the next start. */
	async #attempt(callback: OutgoingCallback, settled?: Verdict): Promise<Verdict | undefined> {
		const startedAt = Date.now();
		const outcome = await this.#post(callbackMessage(callback, callback.body, this.#signed));
		if (outcome.status === null && this.#background.stopping.aborted) return undefined;
		const verdict = settled ?? judge(outcome, callback.tries, this.#delaysMs);
		this.#outbox.record(callback, startedAt, outcome, verdict);
		return verdict;
	}

	#post({ url, headers, body }: CallbackMessage): Promise<AttemptOutcome> {
		return postCallback(url, headers, body, {
			timeoutMs: this.#timeoutMs,
			signal: this.#background.stopping,
		});
	}

	#foreign(callback: OutgoingCallback): CallbackMessage {
		const other = this.#executions.latestFinishedBut(callback.executionId);
		return foreignMessage(callback, other, this.#signed);
	}

	#roomFor(receiver: string): number {
		const busy = [...this.#inFlight.values()].filter(other => other === receiver).length;
		return Math.min(MAX_IN_FLIGHT_PER_RECEIVER - busy, MAX_IN_FLIGHT - this.#inFlight.size);
	}
}
