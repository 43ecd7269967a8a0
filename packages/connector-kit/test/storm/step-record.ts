import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WaitPlan, WaitState } from '@zihin/connector-kit';
import { chance, pick } from './chance.ts';

/** How the agent takes the message: it is the message's first word. */
export type Manner = 'quickly' | 'normally' | 'slowly' | 'fails' | 'outlasts';

/** What a platform keeps of a step that waits for a run. */
export interface StepRecord {
	readonly id: string;
	readonly manner: Manner;
	readonly message: string;
	readonly wakes: WaitPlan['wakes'];
	/**
	 * When the state is stored: before each action is carried out, or only when the step goes to sleep. In the
	 * second case a step that died before it slept begins anew, as if it had never run.
	 */
	readonly saves: 'each-action' | 'sleeps';
	/** How often the platform has started the step again because it had failed with nothing sent. */
	readonly repeats: number;
	/** `null` before the step has begun. */
	readonly wait: WaitState | null;
	readonly callbackToken: string | null;
	readonly result: StepResult | null;
}

export type StepResult =
	| { readonly type: 'answer'; readonly executionId: string; readonly content: string | undefined }
	/** What a `ZihinAgentError` says of itself. */
	| { readonly type: 'error'; readonly error: Readonly<Record<string, unknown>> };

export function newStep(seed: string, id: string): StepRecord {
	const manner = pick(
		{ quickly: 20, normally: 60, slowly: 10, fails: 6, outlasts: 2 },
		chance(seed, id, 'manner'),
	);
	return {
		id,
		manner,
		message: `${manner}: what comes of ${id} in the storm ${seed}?`,
		wakes: pick({ callbacks: 1, 'one-callback': 1, timers: 1 }, chance(seed, id, 'wakes')),
		saves: pick({ 'each-action': 1, sleeps: 1 }, chance(seed, id, 'saves')),
		repeats: 0,
		wait: null,
		callbackToken: null,
		result: null,
	};
}

/** The records of a storm's steps, a file each. */
export class StepRecords {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = mkdirSync(folder, { recursive: true }) ?? folder;
	}

	all(): StepRecord[] {
		const files = readdirSync(this.#folder).filter(file => file.endsWith('.json'));
		return files.map(file => this.get(file.slice(0, -'.json'.length)));
	}

	get(id: string): StepRecord {
		return JSON.parse(readFileSync(join(this.#folder, `${id}.json`), 'utf8'));
	}

	/** Whole or not at all, whenever the process dies. */
	save(record: StepRecord): void {
		const file = join(this.#folder, `${record.id}.json`);
		writeFileSync(`${file}.new`, JSON.stringify(record));
		renameSync(`${file}.new`, file);
	}
}
