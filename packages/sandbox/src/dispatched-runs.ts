import type { DatabaseSync } from 'node:sqlite';
import type { Agent } from './agents.ts';
import type { Background } from './background.ts';
import type { CallbackOutbox } from './callback-outbox.ts';
import type { Callbacks } from './callbacks.ts';
import { transaction } from './database.ts';
import type { Executions } from './executions.ts';
import type { RUN_FAULTS } from './faults/fault.ts';
import { type ProcessLease, RENEWAL_MS } from './process-lease.ts';
import { withStreamFault } from './stream-faults.ts';
import { runTurn, type TurnObserver } from './turn.ts';

type RunFault = (typeof RUN_FAULTS)[number];

export interface DispatchedRunsDependencies {
	readonly database: DatabaseSync;
	readonly lease: ProcessLease;
	readonly agents: readonly Agent[];
	readonly executions: Executions;
	readonly outbox: CallbackOutbox;
	readonly callbacks: Callbacks;
	readonly background: Background;
	readonly activity: TurnObserver;
}

/** Runs what was dispatched, here or by a process that died, and has its result delivered. */
export class DispatchedRuns {
	readonly #given: DispatchedRunsDependencies;
	readonly #underWay = new Set<string>();

	constructor(dependencies: DispatchedRunsDependencies) {
		this.#given = dependencies;
	}

	/** Resolves when the dispatch may be answered with a 202; the run goes on. */
	async accept(id: string, deadlineMs: number, fault?: RunFault): Promise<void> {
		this.#underWay.add(id);
		await this.#given.callbacks.announceEarly(id);
		this.#start(id, deadlineMs, fault);
	}

	/** Resolves when the run is over. A caller who hangs up does not stop it: it can be read back later. */
	complete(id: string, deadlineMs: number, fault?: RunFault): Promise<void> {
		return this.#start(id, deadlineMs, fault);
	}

	/** Begins where the last process ended, and from then on looks after what other ones leave. */
	start(): void {
		const { background } = this.#given;
		this.#takeOver();
		const timer = setInterval(() => background.run(async () => this.#takeOver()), RENEWAL_MS);
		background.stopping.addEventListener('abort', () => clearInterval(timer));
	}

	/** Leaves what is not finished to whichever process comes next. */
	end(): void {
		const { database, lease, outbox } = this.#given;
		try {
			transaction(database, () => {
				lease.end();
				outbox.unclaim([]);
			});
		} catch {
			// A full disk, say. The lease ends with the process all the same.
		}
	}

	#takeOver(): void {
		const { database, lease, executions, outbox, callbacks } = this.#given;
		const adopted = transaction(database, () => {
			lease.renew();
			lease.removeDead();
			outbox.unclaim(callbacks.inFlight);
			outbox.followClock();
			return executions.adoptOrphans([...this.#underWay]);
		});
		for (const { id, deadlineMs } of adopted) this.#start(id, deadlineMs);
		callbacks.wake();
	}

	/** Resolves when the run is over, however it went. */
	#start(id: string, deadlineMs: number, fault?: RunFault): Promise<void> {
		this.#underWay.add(id);
		return new Promise(resolve => {
			this.#given.background.run(() =>
				this.#run(id, deadlineMs, fault).finally(() => {
					this.#underWay.delete(id);
					resolve();
				}),
			);
		});
	}

	async #run(id: string, deadlineMs: number, fault: RunFault | undefined): Promise<void> {
		const { agents, executions, callbacks, background, activity } = this.#given;
		// What has not begun by now is begun by the next process.
		if (background.stopping.aborted) return;
		const execution = executions.get(id);
		if (!execution || !executions.begin(id)) return;
		const agent = agents.find(candidate => candidate.id === execution.agentId);
		if (agent) {
			const turn = {
				executionId: id,
				agent: fault ? { ...agent, engine: withStreamFault(agent.engine, fault) } : agent,
				sessionId: execution.sessionId,
				message: execution.message,
				context: execution.context,
				maxTokens: undefined,
				temperature: undefined,
				deadlineMs,
				caller: undefined,
				stopping: background.stopping,
				observer: activity,
			};
			// Nobody follows a webhook run: what counts is its record.
			await runTurn(executions, turn, () => undefined);
		} else {
			const message = 'The agent of this execution is not there any more.';
			executions.finish(id, { status: 'failed', error: { code: 'AGENT_NOT_FOUND', message } });
		}
		callbacks.wake();
	}
}
