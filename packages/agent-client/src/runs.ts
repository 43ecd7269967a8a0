/** A run that is dispatched once, whatever is lost or repeated on the way, and read back when it has ended. */
import type { RunClient } from './runs/look.ts';
import {
	type FindRunParams,
	findRunWith,
	type Run,
	type StartRunParams,
	startRunWith,
} from './runs/start.ts';
import { webCrypto } from './web-crypto.ts';

export { hasEnded } from './execution-record.ts';
export { finishRun, type RunIds, waitForRun } from './runs/finish.ts';
export type { WebCrypto } from './web-crypto.ts';
export { type FindRunParams, findRunWith, type Run, type RunClient, type StartRunParams, startRunWith };

/**
 * Dispatches a message as a run of its own, once: when the same `runKey` was dispatched before, that run is
 * returned. A dispatch whose answer was lost is looked for and never sent again; what cannot be decided is an
 * error that says so. The run has a trigger of its own, whose name is a hash of its key.
 *
 * ```ts
 * const run = await startRun(zihin, { agentId, message, runKey: `${executionId}/${step}/${message}` });
 * ```
 * `GET` and `POST /api/triggers`, `POST /api/triggers/webhook/{id}`, `GET /api/triggers/{id}/executions`; admin
 * or editor. An admin's key also deletes what older runs have left.
 * @throws {ZihinAgentError} with `effect` `none` when this start dispatched nothing, so that it may be started
 *   again; `unknown` when that could not be found out
 */
export async function startRun(client: RunClient, params: StartRunParams): Promise<Run> {
	return startRunWith(await webCrypto(), client, params);
}

/**
 * Looks for a run that was dispatched with this `runKey`, and sends nothing. `GET /api/triggers`, then
 * `GET /api/triggers/{id}/executions`; admin or editor.
 */
export async function findRun(client: RunClient, params: FindRunParams): Promise<Run | undefined> {
	return findRunWith(await webCrypto(), client, params);
}
