import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import type { z } from 'zod';
import { transaction } from '../database.ts';
import type { DispatchDependencies } from '../dispatch.ts';
import type { SandboxEnv } from '../env.ts';
import { WireError } from '../error-envelope.ts';
import { RUN_FAULTS } from '../faults/fault.ts';
import { type WaitedRun, wireRun } from './run-schema.ts';
import { isTerminal } from './run-status.ts';
import type { JsonObject, ZoneRun, ZoneRuns } from './zone-runs.ts';
import type { Zone } from './zones.ts';

/** The platform's limits. None of them is public. */
export interface ZoneLimits {
	/** Milliseconds that a run may take. Default 300,000. */
	readonly runningTimeoutMs?: number;
	/** Milliseconds that a call waits for a run at most. Default 240,000. */
	readonly waitCeilingMs?: number;
}

const DEFAULT_RUNNING_TIMEOUT_MS = 300_000;
const DEFAULT_WAIT_CEILING_MS = 240_000;

/** Has runs of the other platform carried out by the sandbox's agents. */
export class RunStarter {
	readonly #given: DispatchDependencies;
	readonly #runs: ZoneRuns;
	readonly #runningTimeoutMs: number;
	readonly #longestWaitMs: number;

	constructor(given: DispatchDependencies, runs: ZoneRuns, limits: ZoneLimits = {}) {
		this.#given = given;
		this.#runs = runs;
		this.#runningTimeoutMs = limits.runningTimeoutMs ?? DEFAULT_RUNNING_TIMEOUT_MS;
		this.#longestWaitMs = Math.min(this.#runningTimeoutMs, limits.waitCeilingMs ?? DEFAULT_WAIT_CEILING_MS);
	}

	/** @throws {WireError} 403 for an agent that is not active. */
	start(c: Context<SandboxEnv>, zone: Zone, input: JsonObject, createdBy: string | null) {
		const { database, sessions, executions, runs } = this.#given;
		const { agent } = zone;
		if (agent.status !== 'published') throw new WireError(403, 'FORBIDDEN', 'This agent is not active.');
		const { runId, executionId } = transaction(database, () => {
			const executionId = executions.add({
				agentId: agent.id,
				sessionId: sessions.mint(agent.id),
				triggerId: null,
				message: typeof input.message === 'string' ? input.message : JSON.stringify(input),
				input,
				model: agent.engine.model,
				accepted: { deadlineMs: this.#runningTimeoutMs, callback: undefined },
			});
			return { executionId, runId: this.#runs.add({ agentId: agent.id, input, createdBy, executionId }) };
		});
		c.set('executionId', executionId);
		const fault = c.get('faults').take(agent.id, RUN_FAULTS)?.name;
		return { runId, finished: runs.complete(executionId, this.#runningTimeoutMs, fault) };
	}

	/** Starts a run and waits for its end, or as long as may be waited. The run goes on without its caller. */
	async startAndWait(
		c: Context<SandboxEnv>,
		zone: Zone,
		{
			input,
			createdBy,
			timeoutMs,
		}: { input: JsonObject; createdBy: string | null; timeoutMs?: number | undefined },
	): Promise<ZoneRun> {
		const { runId, finished } = this.start(c, zone, input, createdBy);
		const waitMs = Math.min(timeoutMs ?? this.#longestWaitMs, this.#longestWaitMs);
		const over = new AbortController();
		const { signal } = over;
		await Promise.race([finished, sleep(waitMs, undefined, { signal }).catch(() => {})]);
		over.abort('over');
		return this.#runs.get(runId, zone.agent.id);
	}
}

export function waitedRun(run: ZoneRun, zone: Zone): z.infer<typeof WaitedRun> {
	return isTerminal(run.status)
		? { timedOut: false, runId: run.id, ...wireRun(run, zone) }
		: { timedOut: true, runId: run.id, status: run.status };
}
