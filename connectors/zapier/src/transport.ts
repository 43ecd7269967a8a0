import { Readable } from 'node:stream';
import { createClient, type Deadline, type FetchLike, type ZihinClient } from '@zihin/agent-client';
import { readConnection } from '@zihin/connector-kit';
import type { Bundle, ZObject } from 'zapier-platform-core';
import { STEP_MS } from './limits.ts';

/**
 * The client on Zapier's own HTTP, so that every request stands in the user's logs, without the key. It is for one
 * step: whatever is called with it, and how often, ends before Zapier ends the step.
 */
export function clientFor(z: ZObject, { authData }: Bundle): ZihinClient {
	return createClient({
		...readConnection(authData),
		fetch: fetchThrough(z),
		timeoutMs: STEP_MS,
		deadline: deadlineWithin(STEP_MS),
	});
}

/** Deadlines of calls, none of which is later than that of all together. */
function deadlineWithin(stepMs: number): (ms: number) => Deadline {
	const endsAt = performance.now() + stepMs;
	return ms => {
		const controller = new AbortController();
		const left = Math.max(0, Math.min(ms, endsAt - performance.now()));
		const timer = setTimeout(() => controller.abort(), left);
		return { signal: controller.signal, clear: () => clearTimeout(timer) };
	};
}

function fetchThrough(z: ZObject): FetchLike {
	return async (url, init) => {
		const { 'User-Agent': client = '', ...headers } = init.headers;
		const request = {
			url,
			method: init.method,
			// Core logs a request a second time unless its user agent is `Zapier`, in just these letters.
			headers: { ...headers, 'user-agent': 'Zapier', 'x-client': client },
			...(init.body === undefined ? {} : { body: init.body }),
			// It ends the body, too. Core's own timeout would call the end of the budget a network error.
			signal: init.signal,
			redirect: 'manual',
			// Without this, core takes `{{…}}` out of the body, or refuses to send it.
			merge: false,
			skipThrowForStatus: true,
			throwForThrottlingEarly: false,
		} as const;
		if (headers.Accept !== 'text/event-stream') {
			const { status, content, getHeader } = await z.request(request);
			return { status, headers: headersFrom(getHeader), body: new Blob([content]).stream() };
		}
		const { status, body, getHeader } = await z.request({ ...request, raw: true });
		if (!(body instanceof Readable)) throw new TypeError('Zapier gave no readable body.');
		return { status, headers: headersFrom(getHeader), body };
	};
}

function headersFrom(getHeader: (name: string) => string | undefined) {
	return { get: (name: string) => getHeader(name) ?? null };
}
