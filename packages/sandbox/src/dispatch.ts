import type { DatabaseSync } from 'node:sqlite';
import { Hono } from 'hono';
import { type Agent, agentById } from './agents.ts';
import { readBody } from './body.ts';
import type { Callbacks } from './callbacks.ts';
import { transaction } from './database.ts';
import { authorizeDispatch, extractMessage } from './dispatch-input.ts';
import type { DispatchedRuns } from './dispatched-runs.ts';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';
import type { Executions, RecordedExecution } from './executions.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { Sessions } from './sessions.ts';
import type { Triggers } from './triggers.ts';
import { wireUsage } from './usage.ts';

/** The platform's own limit for a webhook run. */
const DEADLINE_MS = 180_000;

export interface DispatchDependencies {
	readonly database: DatabaseSync;
	readonly agents: readonly Agent[];
	readonly sessions: Sessions;
	readonly triggers: Triggers;
	readonly executions: Executions;
	readonly idempotencyKeys: IdempotencyKeys;
	readonly callbacks: Callbacks;
	readonly runs: DispatchedRuns;
}

export function dispatchRoutes(dependencies: DispatchDependencies): Hono<SandboxEnv> {
	const { database, agents, sessions, triggers, executions, idempotencyKeys, callbacks, runs } = dependencies;
	const routes = new Hono<SandboxEnv>();

	routes.post('/webhook/:id', async c => {
		const trigger = triggers.get(c.req.param('id'));
		const body = await readBody(c);
		authorizeDispatch(c, trigger, body);
		if (!trigger.enabled) throw new WireError(409, 'TRIGGER_DISABLED', 'This trigger is disabled.');
		const { message, input } = extractMessage(trigger, body);
		const isAsync = trigger.config.execution.mode === 'async';

		const key = c.req.header('idempotency-key');
		const earlier = key === undefined ? undefined : idempotencyKeys.executionFor(trigger.id, key, body);
		if (earlier !== undefined) {
			const first = found(executions, earlier);
			if (isAsync) return c.json({ ...accepted(first), idempotent_replay: true }, 202);
			if (first.completedAt === null) {
				throw new WireError(409, 'IDEMPOTENCY_IN_FLIGHT', 'The first call with this key is still running.', {
					executionId: first.id,
				});
			}
			return c.json({ ...finished(first), idempotent_replay: true });
		}

		const agent = agentById(agents, trigger.agentId);
		const { callback, timeout_ms: timeoutMs } = trigger.config.execution;
		const deadlineMs = Math.min(timeoutMs ?? DEADLINE_MS, DEADLINE_MS);
		const run = { agentId: agent.id, triggerId: trigger.id };
		const target = isAsync && callback && { url: callback.url, fault: callbacks.faultFor(run) };
		// Together, so that what was accepted is there after a crash, and its key with it.
		const executionId = transaction(database, () => {
			const id = executions.add({
				agentId: agent.id,
				sessionId: sessions.mint(agent.id),
				triggerId: trigger.id,
				message,
				input,
				model: agent.engine.model,
				...(isAsync && {
					accepted: { deadlineMs, callback: target ? { ...target, secret: trigger.secret } : undefined },
				}),
			});
			if (key !== undefined) idempotencyKeys.remember(trigger.id, key, body, id);
			return id;
		});
		if (isAsync) {
			const answer = accepted(found(executions, executionId));
			await runs.accept(executionId, deadlineMs);
			return c.json(answer, 202);
		}
		await runs.complete(executionId, deadlineMs);
		return c.json(finished(found(executions, executionId)));
	});

	return routes;
}

function accepted({ id, triggerId, sessionId }: RecordedExecution) {
	return {
		success: true,
		execution_id: id,
		trigger_id: triggerId,
		session_id: sessionId,
		status: 'pending',
	};
}

/** The `raw` body of a synchronous run, or the error that stands for it. */
function finished({ id, sessionId, status, response, toolsUsed, usage, error }: RecordedExecution) {
	if (response === null || !usage) {
		const { code, message } = error ?? { code: 'ENGINE_ERROR', message: 'The run failed.' };
		throw new WireError(status === 'timeout' ? 504 : 500, code, message, { executionId: id });
	}
	return {
		success: true,
		execution_id: id,
		session_id: sessionId,
		response,
		tools_used: toolsUsed,
		usage: wireUsage(usage),
	};
}

function found(executions: Executions, id: string): RecordedExecution {
	const execution = executions.get(id);
	if (!execution) throw new Error(`Execution ${id} is gone.`);
	return execution;
}
