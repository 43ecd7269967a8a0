import { BudgetError, checkedTimeout, withinBudget } from '../deadline.ts';
import type { CallOptions } from '../http.ts';
import { type FinishedRun, isTerminal, type Run, type UnfinishedRun } from '../run.ts';
import { TransportError } from '../transport-error.ts';

export interface WaitForOptions extends CallOptions {
	/** Milliseconds for all of it. Default 240,000. */
	readonly timeoutMs?: number | undefined;
	/** Called with the run as often as it was read. */
	readonly onUpdate?: ((run: Run) => void) | undefined;
}

/** How the run is read. */
export interface WaitedRun {
	readonly runId: number;
	readonly path: string;
	readonly get: (options: CallOptions) => Promise<Run>;
}

const DEFAULT_TIMEOUT_MS = 240_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
const GROWTH = 1.5;

/** Reads a run until it is over: every second at first, later every five. */
export async function waitForRun(
	{ runId, path, get }: WaitedRun,
	{ timeoutMs = DEFAULT_TIMEOUT_MS, signal, onUpdate }: WaitForOptions = {},
): Promise<FinishedRun | UnfinishedRun> {
	let seen: Run | undefined;
	try {
		return await withinBudget(checkedTimeout('timeoutMs', timeoutMs), signal, async budget => {
			for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * GROWTH)) {
				seen = await get({ signal: budget.signal });
				onUpdate?.(seen);
				if (isTerminal(seen.status)) return { ...seen, timedOut: false, runId };
				await budget.sleep(pauseMs);
			}
		});
	} catch (error) {
		if (!(error instanceof BudgetError)) throw error;
		if (error.end === 'timeout' && seen) return { timedOut: true, runId, status: seen.status };
		const message = error.end === 'timeout' ? `It could not be read within ${timeoutMs} ms.` : error.message;
		throw new TransportError(error.end, `Run ${runId}: ${message}`, { method: 'GET', path });
	}
}
