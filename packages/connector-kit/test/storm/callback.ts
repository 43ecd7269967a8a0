import type { IncomingHttpHeaders } from 'node:http';
import { callbackEvent, type WaitEvent } from '@zihin/connector-kit';
import type { StepRecord } from './step-record.ts';

/** A callback as the platform took it. */
export interface Callback {
	readonly id: string;
	readonly rawBody: string;
	readonly headers: IncomingHttpHeaders;
	readonly query: string;
}

/** What a callback is to a step, by what was stored of its run. */
export async function judge(
	{ rawBody, headers, query }: Callback,
	{ callbackToken: token, wait }: StepRecord,
): Promise<Extract<WaitEvent, { type: 'callback' }>> {
	if (token === null || !wait?.run) return { type: 'callback', token: 'wrong' };
	return callbackEvent(crypto, { rawBody, headers, query, token }, wait.run);
}
