import type { Context } from 'hono';
import { z } from 'zod';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';
import type { RecordedExecution } from './executions.ts';
import { AdaptedBody, adapted, messagesOf, twiml } from './response-adapter.ts';
import { WireUsage } from './stream-schema.ts';
import { success } from './success.ts';
import type { TriggerConfig } from './trigger-schema.ts';
import { wireUsage } from './usage.ts';
import { assumed, inferred } from './wire-marks.ts';

const idempotent_replay = assumed(z.literal(true).optional());

export const AcceptedBody = success({
	execution_id: inferred(z.uuid()),
	trigger_id: assumed(z.uuid().nullable()),
	session_id: assumed(z.guid()),
	status: assumed(z.literal('pending')),
	idempotent_replay,
});

const RawBody = success({
	execution_id: assumed(z.uuid()),
	session_id: assumed(z.guid()),
	response: assumed(z.string()),
	messages: assumed(z.array(z.string()).optional().describe('Only with `split_messages`.')),
	tools_used: assumed(z.array(z.string())),
	usage: assumed(WireUsage),
	idempotent_replay,
});

export const FinishedBody = z.union([RawBody, AdaptedBody]);

export function accepted({ id, triggerId, sessionId }: RecordedExecution): z.infer<typeof AcceptedBody> {
	return {
		success: true,
		execution_id: id,
		trigger_id: triggerId,
		session_id: sessionId,
		status: 'pending',
	};
}

/** The answer to a synchronous dispatch, as its trigger wants it; a run that failed is an error instead. */
export function finished(
	c: Context<SandboxEnv>,
	execution: RecordedExecution,
	adapter: TriggerConfig['response_adapter'],
	replay: { idempotent_replay?: true } = {},
): Response {
	const { id, sessionId, status, response, toolsUsed, usage, error } = execution;
	if (response === null || !usage) {
		const { code, message } = error ?? { code: 'ENGINE_ERROR', message: 'The run failed.' };
		throw new WireError(status === 'timeout' ? 504 : 500, code, message, { executionId: id });
	}
	const messages = messagesOf(response, adapter);
	if (adapter.format === 'twiml') {
		c.header('Content-Type', 'text/xml; charset=utf-8');
		return c.body(twiml(messages));
	}
	if (adapter.format !== 'raw') return c.json(adapted(messages, adapter.format));
	const body: z.infer<typeof RawBody> = {
		success: true,
		execution_id: id,
		session_id: sessionId,
		response,
		...(adapter.split_messages && { messages }),
		tools_used: [...toolsUsed],
		usage: wireUsage(usage),
		...replay,
	};
	return c.json(body);
}
