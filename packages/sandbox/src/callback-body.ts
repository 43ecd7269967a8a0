import type { RecordedExecution } from './executions.ts';
import { wireUsage } from './usage.ts';

/** Automation platforms refuse bigger bodies; the whole answer can be read back by its id. */
const MAX_BODY_BYTES = 2 ** 20;

/** What a receiver is told of a finished execution. Assumed as a whole: the platform's default body is not public. */
export function callbackBody(execution: RecordedExecution): string {
	const { completedAt, usage } = execution;
	const facts = {
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
	const body = JSON.stringify(facts);
	if (Buffer.byteLength(body) <= MAX_BODY_BYTES) return body;
	return JSON.stringify({ ...facts, response: null, sources: [] });
}
