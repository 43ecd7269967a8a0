import { setTimeout as sleep } from 'node:timers/promises';
import type { Execution, ZihinClient } from '@zihin/agent-client';
import { type FinishedRun, finishedRun, type Subscription } from '@zihin/connector-kit';

/** What the platform makes of a request to the flow's webhook. */
export interface WebhookPayload {
	readonly headers: Readonly<Record<string, string>>;
	readonly queryParams: Readonly<Record<string, string>>;
	/** The body as it came; nothing where it was no text. */
	readonly rawBody?: unknown;
}

const MOST_MS = 30_000;
const EVERY_MS = 2_000;

/**
 * The run that a callback tells of; nothing where it is not true. The platform has answered the caller already, so
 * one that came too early, or whose run cannot be read now, is not sent again: it is looked after here.
 * @throws where the run cannot be read at all: the platform then shows that something came
 */
export async function finishedOf(
	client: ZihinClient,
	subscription: Subscription,
	{ rawBody, headers, queryParams: query }: WebhookPayload,
): Promise<Execution | undefined> {
	const callback = { rawBody: typeof rawBody === 'string' ? rawBody : '', headers, query };
	const until = Date.now() + MOST_MS;
	for (;;) {
		const finished = await finishedRun(crypto, client, subscription, callback);
		if ('execution' in finished) return finished.execution;
		if (!maySucceedLater(finished)) return undefined;
		if (Date.now() + EVERY_MS > until) {
			if (finished.refusal === 503) throw new Error(`A run has finished, but: ${finished.reason}`);
			return undefined;
		}
		await sleep(EVERY_MS);
	}
}

function maySucceedLater({ refusal }: FinishedRun & { readonly refusal: number }): boolean {
	return refusal === 409 || refusal === 503;
}
