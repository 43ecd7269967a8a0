import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AttemptOutcome } from './callback-schedule.ts';
import { guardedLookup, targetRefusal } from './callback-target.ts';

export const DEFAULT_TIMEOUT_MS = 15_000;
/** A receiver's answer says nothing but its status; this much of it is read so that it may finish in peace. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface PostOptions {
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
}

/**
 * One POST; never rejects. `node:http` rather than fetch: it follows no redirect, reuses no connection and lets
 * the address be checked at the moment of connecting.
 */
export function postCallback(
	url: URL,
	headers: Readonly<Record<string, string>>,
	body: string,
	{ timeoutMs, signal }: PostOptions,
): Promise<AttemptOutcome> {
	// A name is judged when it is looked up; an address is not looked up, and may have come with an import.
	const refusal = targetRefusal(url.href);
	if (refusal !== undefined) return Promise.resolve({ status: null, error: `${refusal}.` });
	return new Promise(resolve => {
		const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
		const bytes = Buffer.from(body);
		const request = send(url, {
			method: 'POST',
			agent: false,
			lookup: guardedLookup,
			signal,
			headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': bytes.byteLength },
		});
		const timer = setTimeout(
			() => request.destroy(new Error(`No answer within ${timeoutMs} ms.`)),
			timeoutMs,
		);
		let answer: AttemptOutcome | undefined;
		let failure = 'The connection was closed without an answer.';
		request.on('response', response => {
			answer = {
				status: response.statusCode ?? null,
				retryAfter: response.headers['retry-after'],
				error: null,
			};
			let size = 0;
			response.on('data', (chunk: Buffer) => {
				size += chunk.byteLength;
				if (size > MAX_ANSWER_BYTES) response.destroy();
			});
			response.on('error', () => {});
		});
		request.on('error', (error: NodeJS.ErrnoException) => {
			// Of several addresses that all failed, the code is all that is said.
			failure = error.message || `The connection failed (${error.code}).`;
		});
		// The close comes after every ending; whatever broke after the status, the status is known.
		request.on('close', () => {
			clearTimeout(timer);
			resolve(answer ?? { status: null, error: failure });
		});
		request.end(bytes);
	});
}
