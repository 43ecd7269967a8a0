import { z } from 'zod';
import { WireError } from './error-envelope.ts';
import type { RecordedExecution } from './executions.ts';
import { WireUsage } from './stream-schema.ts';
import { success } from './success.ts';
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

export const FinishedBody = success({
	execution_id: assumed(z.uuid()),
	session_id: assumed(z.guid()),
	response: assumed(z.string()),
	tools_used: assumed(z.array(z.string())),
	usage: assumed(WireUsage),
	idempotent_replay,
});

export function accepted({ id, triggerId, sessionId }: RecordedExecution): z.infer<typeof AcceptedBody> {
	return {
		success: true,
		execution_id: id,
		trigger_id: triggerId,
		session_id: sessionId,
		status: 'pending',
	};
}

/** The answer to a synchronous dispatch; a run that failed is an error instead. */
export function finished(execution: RecordedExecution): z.infer<typeof FinishedBody> {
	const { id, sessionId, status, response, toolsUsed, usage, error } = execution;
	if (response === null || !usage) {
		const { code, message } = error ?? { code: 'ENGINE_ERROR', message: 'The run failed.' };
		throw new WireError(status === 'timeout' ? 504 : 500, code, message, { executionId: id });
	}
	return {
		success: true,
		execution_id: id,
		session_id: sessionId,
		response,
		tools_used: [...toolsUsed],
		usage: wireUsage(usage),
	};
}
