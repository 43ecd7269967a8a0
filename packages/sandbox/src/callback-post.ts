import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { guardedLookup } from './callback-target.ts';

const TIMEOUT_MS = 15_000;
/** A receiver's answer says nothing but its status; this much of it is read so that it may finish in peace. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * One POST, answered with its status. `node:http` rather than fetch: it follows no redirect, reuses no
 * connection and lets the address be checked at the moment of connecting.
 */
export function postCallback(
	url: URL,
	headers: Readonly<Record<string, string>>,
	body: string,
	signal: AbortSignal,
): Promise<number> {
	return new Promise((resolve, reject) => {
		const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
		const bytes = Buffer.from(body);
		const request = send(url, {
			method: 'POST',
			agent: false,
			lookup: guardedLookup,
			signal,
			headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': bytes.byteLength },
		});
		const timer = setTimeout(() => request.destroy(), TIMEOUT_MS);
		let status: number | undefined;
		request.on('response', response => {
			status = response.statusCode;
			let size = 0;
			response.on('data', (chunk: Buffer) => {
				size += chunk.byteLength;
				if (size > MAX_ANSWER_BYTES) response.destroy();
			});
			response.on('error', () => {});
		});
		// The close comes after every ending; whatever broke after the status, the status is known.
		request.on('error', () => {});
		request.on('close', () => {
			clearTimeout(timer);
			if (status === undefined) reject(new Error('The receiver gave no answer.'));
			else resolve(status);
		});
		request.end(bytes);
	});
}
