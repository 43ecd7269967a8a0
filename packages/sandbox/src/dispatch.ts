import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type Agent, agentById } from './agents.ts';
import { readBody } from './body.ts';
import { transaction } from './database.ts';
import { AcceptedBody, accepted, FinishedBody, finished } from './dispatch-answer.ts';
import { contextOf, derivedSession } from './dispatch-context.ts';
import { authorizeDispatch, extractMessage } from './dispatch-input.ts';
import type { DispatchedRuns } from './dispatched-runs.ts';
import { WireError } from './error-envelope.ts';
import type { Executions, RecordedExecution } from './executions.ts';
import { CALLBACK_FAULTS, RUN_FAULTS } from './faults/fault.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { Operation, OperationRoutes } from './openapi/operation.ts';
import type { Profile } from './profile.ts';
import type { Sessions } from './sessions.ts';
import { TriggerPath } from './trigger-routes.ts';
import type { Triggers } from './triggers.ts';
import { assumed, documented } from './wire-marks.ts';

/** The platform's own limit for a webhook run. */
const DEADLINE_MS = 180_000;

export interface DispatchDependencies {
	readonly database: DatabaseSync;
	readonly agents: readonly Agent[];
	readonly sessions: Sessions;
	readonly triggers: Triggers;
	readonly executions: Executions;
	readonly idempotencyKeys: IdempotencyKeys;
	readonly runs: DispatchedRuns;
	readonly profile: Profile;
}

const dispatch = {
	method: 'post',
	path: '/api/triggers/webhook/{id}',
	summary: "Runs the trigger's agent: 200 with the answer when the trigger is synchronous, else 202.",
	access: 'trigger',
	params: TriggerPath,
	headers: z.object({ 'Idempotency-Key': assumed(z.string().min(1).max(255).optional()) }),
	body: documented(z.record(z.string(), z.unknown())).describe('Whatever `query_extraction` looks for.'),
	answers: {
		200: {
			'application/json': FinishedBody,
			'text/xml': assumed(z.string()).describe('The `twiml` format.'),
		},
		202: { 'application/json': AcceptedBody },
	},
} as const satisfies Operation;

export function dispatchRoutes(routes: OperationRoutes, dependencies: DispatchDependencies): void {
	const { database, agents, sessions, triggers, executions, idempotencyKeys, runs, profile } = dependencies;

	routes.raw(dispatch, async c => {
		const trigger = triggers.get(c.req.param('id') ?? '');
		const body = await readBody(c);
		authorizeDispatch(c, trigger, body);
		if (!trigger.enabled) throw new WireError(409, 'TRIGGER_DISABLED', 'This trigger is disabled.');
		const { message, input } = extractMessage(trigger, body);
		const { response_adapter: adapter, execution } = trigger.config;
		const isAsync = execution.mode === 'async';

		const key = profile.deduplication ? c.req.header('idempotency-key') : undefined;
		const agent = agentById(agents, trigger.agentId);
		const { callback, timeout_ms: timeoutMs } = trigger.config.execution;
		const deadlineMs = Math.min(timeoutMs ?? DEADLINE_MS, DEADLINE_MS);
		const context = contextOf(trigger, input);
		const faults = c.get('faults');
		// Together, so that what was accepted is there after a crash, and its key with it; and no other process comes
		// in between with the same key.
		const { executionId, isReplay } = transaction(database, () => {
			const earlier = key === undefined ? undefined : idempotencyKeys.executionFor(trigger.id, key, body);
			if (earlier !== undefined) return { executionId: earlier, isReplay: true };
			const target = isAsync &&
				callback && { url: callback.url, fault: faults.take(agent.id, CALLBACK_FAULTS) };
			const derived = derivedSession(trigger, context);
			const id = executions.add({
				agentId: agent.id,
				sessionId: derived === undefined ? sessions.mint(agent.id) : sessions.open(derived, agent.id),
				triggerId: trigger.id,
				message,
				input,
				context,
				model: agent.engine.model,
				...(isAsync && {
					accepted: { deadlineMs, callback: target ? { ...target, secret: trigger.secret } : undefined },
				}),
			});
			if (key !== undefined) idempotencyKeys.remember(trigger.id, key, body, id);
			return { executionId: id, isReplay: false };
		});
		if (isReplay) {
			const first = found(executions, executionId);
			if (isAsync) return c.json({ ...accepted(first), idempotent_replay: true }, 202);
			if (first.completedAt === null) {
				throw new WireError(409, 'IDEMPOTENCY_IN_FLIGHT', 'The first call with this key is still running.', {
					executionId: first.id,
				});
			}
			return finished(c, first, adapter, { idempotent_replay: true });
		}
		const fault = faults.take(agent.id, RUN_FAULTS)?.name;
		c.set('executionId', executionId);
		if (isAsync) {
			const answer = accepted(found(executions, executionId));
			await runs.accept(executionId, deadlineMs, fault);
			return c.json(answer, 202);
		}
		await runs.complete(executionId, deadlineMs, fault);
		return finished(c, found(executions, executionId), adapter);
	});
}

function found(executions: Executions, id: string): RecordedExecution {
	const execution = executions.get(id);
	if (!execution) throw new Error(`Execution ${id} is gone.`);
	return execution;
}
