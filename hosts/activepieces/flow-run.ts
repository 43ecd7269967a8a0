import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { callPiece } from './call-piece.ts';
import type { Outcome, PieceCall, ResumePayload, Services, Values } from './calls.ts';
import type { LogLine, PieceStep, Scope, Step } from './flow.ts';
import type { Store } from './store.ts';
import { Waitpoints } from './waitpoints.ts';

/** What a run has of its platform. */
export interface RunSetting {
	readonly entry: string;
	readonly connection: Values;
	readonly store: Store;
	readonly publicUrl: string;
	/** How many times as fast as asked for timers run, and the waits before an attempt. */
	readonly timersRunFaster: number;
}

const RETRY_WAITS_MS = [4_000, 8_000, 16_000];

/** One run of a flow. */
export class FlowRun {
	readonly id = randomBytes(10).toString('hex');
	readonly log: LogLine[] = [];
	readonly waitpoints: Waitpoints;
	/** Resolves with the status at which the run has ended. */
	readonly ended: Promise<'SUCCEEDED' | 'FAILED'>;
	readonly #setting: RunSetting;
	readonly #outputs: Record<string, unknown> = {};

	constructor(setting: RunSetting, steps: readonly Step[], trigger: unknown) {
		this.#setting = setting;
		this.waitpoints = new Waitpoints(setting.timersRunFaster);
		const scope = { trigger, outputs: this.#outputs };
		this.ended = this.#runAll(steps, scope).then(succeeded => (succeeded ? 'SUCCEEDED' : 'FAILED'));
	}

	get isPaused(): boolean {
		return this.waitpoints.isPaused;
	}

	/** @returns whether the flow goes on after it */
	async #runAll(steps: readonly Step[], scope: Scope): Promise<boolean> {
		for (const step of steps) {
			if ('action' in step) {
				if (!(await this.#runStep(step, scope))) return false;
			} else {
				for (const item of step.items) {
					if (!(await this.#runAll(step.steps, { ...scope, item }))) return false;
				}
			}
		}
		return true;
	}

	async #runStep(step: PieceStep, scope: Scope): Promise<boolean> {
		const { entry, connection } = this.#setting;
		const { name: stepName, action, propsValue: inputs } = step;
		let resume: { payload: ResumePayload | null } | undefined;
		for (;;) {
			const propsValue = typeof inputs === 'function' ? inputs(scope) : inputs;
			const call: PieceCall = { kind: 'run', action, connection, propsValue, runId: this.id, stepName };
			const { outcome, attempts } = await this.#attempts(step, () =>
				callPiece(entry, resume === undefined ? call : { ...call, resume }, this.#servicesOf(stepName)),
			);
			if (!outcome.ok) {
				this.log.push({ step: stepName, status: 'FAILED', error: outcome.error, attempts });
				return step.continueOnFailure === true;
			}
			const { output, waitpointId } = outcome;
			this.#outputs[stepName] = output;
			const status = waitpointId === undefined ? 'SUCCEEDED' : 'PAUSED';
			this.log.push({ step: stepName, status, output, attempts });
			if (waitpointId === undefined) return true;
			resume = { payload: await this.waitpoints.pause() };
		}
	}

	async #attempts(
		{ retryOnFailure = false }: PieceStep,
		attempt: () => Promise<Outcome>,
	): Promise<{ outcome: Outcome; attempts: number }> {
		const waits = retryOnFailure ? [...RETRY_WAITS_MS] : [];
		for (let attempts = 1; ; attempts++) {
			const outcome = await attempt();
			const wait = waits.shift();
			if (outcome.ok || wait === undefined) return { outcome, attempts };
			await sleep(wait / this.#setting.timersRunFaster);
		}
	}

	#servicesOf(step: string): Services {
		const { store, publicUrl } = this.#setting;
		return {
			get: key => store.get(key),
			put: (key, value) => store.put(key, value),
			delete: key => store.delete(key),
			createWaitpoint: ({ type, resumeDateTime }) => {
				const isTimer = type === 'DELAY' && resumeDateTime !== undefined;
				const id = this.waitpoints.create(step, isTimer ? Date.parse(resumeDateTime) : undefined);
				return { id, resumeUrl: `${publicUrl}/api/v1/flow-runs/${this.id}/waitpoints/${id}` };
			},
		};
	}
}
