import { setTimeout as sleep } from 'node:timers/promises';
import type { Background } from './background.ts';
import { postCallback } from './callback-post.ts';
import { signatureHeaders } from './callback-signature.ts';
import type { Executions, RecordedExecution } from './executions.ts';
import { wireUsage } from './usage.ts';

export const DEFAULT_CALLBACK_RETRY_DELAYS_MS: readonly number[] = [1_000, 5_000, 25_000];

export interface CallbackTarget {
	readonly url: string;
	readonly secret: string;
}

/**
 * Tells a receiver what became of an execution. Retries live in memory: what is undelivered when the sandbox
 * stops stays undelivered, and the execution shows it.
 */
export class Callbacks {
	readonly #executions: Executions;
	readonly #background: Background;
	readonly #retryDelaysMs: readonly number[];

	constructor(executions: Executions, background: Background, retryDelaysMs: readonly number[]) {
		this.#executions = executions;
		this.#background = background;
		this.#retryDelaysMs = retryDelaysMs;
	}

	/** Resolves when the callback was taken, was refused for good, or has run out of attempts. */
	async deliver(execution: RecordedExecution, target: CallbackTarget): Promise<void> {
		const body = JSON.stringify(callbackBody(execution));
		const { stopping } = this.#background;
		const url = new URL(target.url);
		for (let attempt = 1; !stopping.aborted; attempt++) {
			const status = await this.#attempt(execution.id, url, target.secret, body, attempt);
			const delivered = status !== null && status >= 200 && status <= 299;
			const delay = this.#retryDelaysMs[attempt - 1];
			const again = !delivered && delay !== undefined && isWorthRetrying(status);
			const state = delivered ? 'delivered' : again ? 'pending' : 'failed';
			this.#executions.recordCallback(execution.id, state, attempt, status);
			if (!again) return;
			await sleep(delay, undefined, { signal: stopping }).catch(() => {});
		}
	}

	async #attempt(executionId: string, url: URL, secret: string, body: string, attempt: number) {
		// The id stays over all attempts, so that a receiver can tell a repetition; time and signature do not.
		const timestamp = Math.floor(Date.now() / 1000);
		const headers = {
			...signatureHeaders(secret, `msg_${executionId}`, timestamp, body),
			'X-Zihin-Execution-Id': executionId,
			'X-Zihin-Attempt': String(attempt),
		};
		return postCallback(url, headers, body, this.#background.stopping).catch(() => null);
	}
}

/** 409 too: a workflow that has not gone to sleep yet answers so, and is there a second later. */
function isWorthRetrying(status: number | null): boolean {
	return status === null || status >= 500 || status === 429 || status === 409;
}

/** Assumed as a whole: the platform's default body is not public. */
function callbackBody(execution: RecordedExecution) {
	const { completedAt, usage } = execution;
	return {
		event: execution.status === 'completed' ? 'execution.completed' : 'execution.failed',
		execution_id: execution.id,
		trigger_id: execution.triggerId,
		agent_id: execution.agentId,
		session_id: execution.sessionId,
		status: execution.status,
		response: execution.response,
		sources: execution.sources,
		usage: usage && wireUsage(usage),
		error: execution.error,
		completed_at: completedAt === null ? null : new Date(completedAt).toISOString(),
	};
}
