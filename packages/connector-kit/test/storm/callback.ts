import type { IncomingHttpHeaders } from 'node:http';
import { ZihinAgentError } from '@zihin/agent-client';
import { verifyCallback } from '@zihin/agent-client/callbacks';
import type { WaitEvent } from '@zihin/connector-kit';

/** A callback as the platform took it. */
export interface Callback {
	readonly id: string;
	readonly rawBody: string;
	readonly headers: IncomingHttpHeaders;
	readonly query: string;
}

type Judgement = Extract<WaitEvent, { type: 'callback' }>['token'];

/** Whether a callback may wake a step, by what was stored of its run. */
export async function judge(
	{ rawBody, headers, query }: Callback,
	token: string | null,
	executionId: string | undefined,
): Promise<Judgement> {
	if (token === null) return 'wrong';
	try {
		const payload = await verifyCallback({ rawBody, headers, query, token });
		return payload.executionId === executionId ? 'ok' : 'foreign';
	} catch (cause) {
		if (ZihinAgentError.is(cause) && cause.status === 401) return 'wrong';
		throw cause;
	}
}
