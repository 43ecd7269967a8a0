import { ZihinAgentError } from '@zihin/agent-client';
import { callbackEvent, type WaitEvent } from '@zihin/connector-kit';
import type { Memory } from './memory.ts';

/** What the platform makes of the request that ended the pause. A timer brings nothing. */
export type ResumePayload =
	| {
			readonly body?: unknown;
			readonly headers?: Readonly<Record<string, string>>;
			readonly queryParams?: Readonly<Record<string, string>>;
	  }
	| null
	| undefined;

/** Why the step was called again. Anybody may have called the URL, with anything: it is only a reason to look. */
export async function wakeEvent(memory: Memory, payload: ResumePayload): Promise<WaitEvent> {
	const { plan, usedUp, run } = memory.wait;
	if (Date.now() >= plan.deadlineAt) return { type: 'deadline' };
	const noCallback = payload === null || payload === undefined;
	if (plan.wakes === 'timers' || (usedUp && noCallback)) return { type: 'timer' };
	if (noCallback || run === null || memory.callbackToken === undefined) {
		return { type: 'callback', token: 'wrong' };
	}
	const { body = {}, headers = {}, queryParams: query = {} } = payload;
	try {
		// The platform has parsed the body. Its bytes are only needed for a signature, and a run's token decides here.
		const callback = { rawBody: JSON.stringify(body), headers, query, token: memory.callbackToken };
		return await callbackEvent(crypto, callback, run);
	} catch (cause) {
		// The token is right, and the body is none that can be read: still a reason to look.
		if (ZihinAgentError.is(cause) && cause.kind === 'protocol') return { type: 'callback', token: 'ok' };
		throw cause;
	}
}
