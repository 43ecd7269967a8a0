import type { CallOptions, Trigger } from '../core.ts';
import type { RunClient } from './look.ts';
import { RUN_TRIGGER_NAME } from './trigger.ts';

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_A_CALL = 10;

/**
 * Deletes triggers of runs that ended more than a week ago, ten at most. The first refusal ends it: an editor's
 * key may not delete, and would be refused each time. It never fails: the run that comes with it matters more.
 */
export async function sweep(client: RunClient, call: CallOptions, listed: readonly Trigger[]): Promise<void> {
	const keptSince = Date.now() - KEPT_MS;
	const old = listed.filter(
		({ name, type, enabled, createdAt }) =>
			RUN_TRIGGER_NAME.test(name) &&
			type === 'webhook' &&
			!enabled &&
			Date.parse(createdAt ?? '') < keptSince,
	);
	try {
		for (const { triggerId } of old.slice(-MOST_A_CALL)) {
			await client.deleteTrigger({ ...call, triggerId, maxRetries: 0 });
		}
	} catch {
		// The next run sweeps again.
	}
}
