import type { WaitAction } from '@zihin/connector-kit';
import type { Platform } from './memory.ts';

export type WaitMode = 'poll' | 'callback';

/** Where a step pauses. */
export interface Waitpoint {
	readonly id: string;
	readonly callbackUrl?: string;
}

/** Shorter timers were seen to get lost on the platform. */
const SHORTEST_MS = 5_000;
/** The first one runs while the run is still being dispatched, and must not fire before the step has paused. */
const FIRST_MS = 10_000;

/** How often a run is read, without its callback. */
export const POLLS = { firstPollMs: SHORTEST_MS, longestPollMs: 30_000 } as const;

/** @throws when the platform cannot pause here, as in a tool of an AI agent */
export async function firstWaitpoint(
	{ run }: Platform,
	mode: WaitMode,
	deadlineAt: number,
): Promise<Waitpoint> {
	try {
		if (mode === 'poll') return { id: (await run.createWaitpoint(delay(FIRST_MS))).id };
		// Newer releases end the run then; older ones wait as long as any run may.
		const resumeDateTime = new Date(deadlineAt).toISOString();
		const { id, resumeUrl } = await run.createWaitpoint({ type: 'WEBHOOK', resumeDateTime });
		return { id, callbackUrl: resumeUrl };
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new Error(
			`This step cannot pause here, so nothing was sent. A tool of an AI agent uses Invoke Agent, or Dispatch Agent and then Get Execution. ${why}`,
		);
	}
}

/** Only timers: who calls the URL of one that is ended by a timer breaks all timers of the flow's run. */
export async function nextWaitpoint(
	{ run }: Platform,
	sleep: WaitAction & { readonly type: 'sleep' },
): Promise<Waitpoint> {
	const left = sleep.until - Date.now();
	const ms = sleep.wakes === 'timer' ? Math.min(sleep.forMs, left) : left;
	return run.createWaitpoint(delay(Math.max(SHORTEST_MS, ms)));
}

function delay(ms: number) {
	return { type: 'DELAY', resumeDateTime: new Date(Date.now() + ms).toISOString() } as const;
}
