import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type Agent, agentById } from './agents.ts';
import type { Background } from './background.ts';
import { readBody } from './body.ts';
import type { Callbacks } from './callbacks.ts';
import { transaction } from './database.ts';
import { AcceptedBody, accepted, FinishedBody, finished } from './dispatch-answer.ts';
import { contextOf, derivedSession } from './dispatch-context.ts';
import { authorizeDispatch, extractMessage } from './dispatch-input.ts';
import { WireError } from './error-envelope.ts';
import type { Executions, RecordedExecution } from './executions.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { Operation, OperationRoutes } from './openapi/operation.ts';
import type { Profile } from './profile.ts';
import type { Sessions } from './sessions.ts';
import { TriggerPath } from './trigger-routes.ts';
import type { Trigger, Triggers } from './triggers.ts';
import { runTurn } from './turn.ts';
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
	readonly callbacks: Callbacks;
	readonly background: Background;
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
	const { database, agents, sessions, triggers, executions, idempotencyKeys, background, profile } =
		dependencies;

	routes.raw(dispatch, async c => {
		const trigger = triggers.get(c.req.param('id') ?? '');
		const body = await readBody(c);
		authorizeDispatch(c, trigger, body);
		if (!trigger.enabled) throw new WireError(409, 'TRIGGER_DISABLED', 'This trigger is disabled.');
		const { message, input } = extractMessage(trigger, body);
		const { response_adapter: adapter, execution } = trigger.config;
		const isAsync = execution.mode === 'async';

		const key = profile.deduplication ? c.req.header('idempotency-key') : undefined;
		const earlier = key === undefined ? undefined : idempotencyKeys.executionFor(trigger.id, key, body);
		if (earlier !== undefined) {
			const first = found(executions, earlier);
			if (isAsync) return c.json({ ...accepted(first), idempotent_replay: true }, 202);
			if (first.completedAt === null) {
				throw new WireError(409, 'IDEMPOTENCY_IN_FLIGHT', 'The first call with this key is still running.', {
					executionId: first.id,
				});
			}
			return finished(c, first, adapter, { idempotent_replay: true });
		}

		const agent = agentById(agents, trigger.agentId);
		const callbackUrl = isAsync ? execution.callback?.url : undefined;
		// Together, so that what was accepted is there after a crash, and its key with it.
		const executionId = transaction(database, () => {
			const derived = derivedSession(trigger, contextOf(trigger, input));
			const id = executions.add({
				agentId: agent.id,
				sessionId: derived === undefined ? sessions.mint(agent.id) : sessions.open(derived, agent.id),
				triggerId: trigger.id,
				message,
				input,
				model: agent.engine.model,
				callbackHost: callbackUrl === undefined ? null : new URL(callbackUrl).host,
			});
			if (key !== undefined) idempotencyKeys.remember(trigger.id, key, body, id);
			return id;
		});
		const run = () => execute(dependencies, trigger, agent, found(executions, executionId));
		if (isAsync) {
			const answer = accepted(found(executions, executionId));
			background.run(run);
			return c.json(answer, 202);
		}
		// A caller who hangs up does not stop a webhook run: it can be read back later.
		await new Promise<void>(resolve => background.run(() => run().finally(resolve)));
		return finished(c, found(executions, executionId), adapter);
	});
}

async function execute(
	{ executions, callbacks, background }: DispatchDependencies,
	trigger: Trigger,
	agent: Agent,
	{ id, sessionId, message, input }: RecordedExecution,
): Promise<void> {
	const { mode, callback, timeout_ms: timeoutMs } = trigger.config.execution;
	const events = runTurn(executions, {
		executionId: id,
		agent,
		sessionId,
		message,
		context: contextOf(trigger, input),
		maxTokens: undefined,
		deadlineMs: Math.min(timeoutMs ?? DEADLINE_MS, DEADLINE_MS),
		caller: undefined,
		stopping: background.stopping,
	});
	for await (const _ of events) {
		// Nobody follows a webhook run: what counts is its record.
	}
	if (mode === 'async' && callback) {
		await callbacks.deliver(found(executions, id), { url: callback.url, secret: trigger.secret });
	}
}

function found(executions: Executions, id: string): RecordedExecution {
	const execution = executions.get(id);
	if (!execution) throw new Error(`Execution ${id} is gone.`);
	return execution;
}
