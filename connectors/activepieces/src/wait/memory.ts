import type { WaitState } from '@zihin/connector-kit';
import type { StepContext } from '../actions/action.ts';

/** What a step must know when it goes on in another process. Plain JSON. */
export interface Memory {
	/** Tells its run from every other. */
	readonly runKey: string;
	readonly agentId: string;
	/** What the callback must bring. Without it there is no callback to believe. */
	readonly callbackToken?: string;
	readonly wait: WaitState;
}

export type Platform = Pick<StepContext, 'run' | 'step' | 'store'>;

/** Of one step of one run only one can wait at a time; one that failed is overwritten by the next item of a loop. */
function keyOf({ run, step }: Platform): string {
	return `zihin-run/${run.id}/${step.name}`;
}

export async function remember(platform: Platform, memory: Memory): Promise<void> {
	await platform.store.put(keyOf(platform), memory);
}

export async function recall(platform: Platform): Promise<Memory | null> {
	return platform.store.get<Memory>(keyOf(platform));
}

/** What matters is done by then. */
export async function forget(platform: Platform): Promise<void> {
	try {
		await platform.store.delete(keyOf(platform));
	} catch {
		// A few hundred bytes stay.
	}
}
