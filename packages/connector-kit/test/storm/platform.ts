import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Callback } from './callback.ts';
import { type StepRecord, StepRecords } from './step-record.ts';
import { openWebhookEndpoint } from './webhook-endpoint.ts';
import type { WorkerSetup } from './worker.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
/** A worker that is killed ever again before it gets anywhere would go on for ever. */
const MOST_LIVES = 1_000;

/**
 * Carries out the steps as a platform would: in a worker that is started again as often as it is killed, with
 * what was stored of each step and what came for it in the meantime.
 */
export async function carryOut(
	steps: readonly StepRecord[],
	setup: Omit<WorkerSetup, 'life' | 'callbackUrl'>,
): Promise<StepRecord[]> {
	const records = new StepRecords(join(setup.folder, 'steps'));
	for (const step of steps) records.save(step);
	let worker: ChildProcess | undefined;
	await using endpoint = await openWebhookEndpoint(records, callback => {
		if (worker?.connected) tell(worker, callback);
	});
	for (let life = 0; life < MOST_LIVES; life++) {
		const told: WorkerSetup = { ...setup, life, callbackUrl: endpoint.url };
		worker = fork(WORKER, [JSON.stringify(told)], { execArgv: [] });
		const exit = once(worker, 'exit');
		for (const callback of endpoint.taken) tell(worker, callback);
		const [code, signal] = await exit;
		if (code === 0) return records.all();
		if (signal !== 'SIGKILL') throw new Error(`The worker ended with ${code ?? signal}.`);
	}
	throw new Error(`The steps have not ended after ${MOST_LIVES} workers.`);
}

/** A worker may be killed at this moment: what it does not get any more, the next one is told when it starts. */
function tell(worker: ChildProcess, callback: Callback): void {
	worker.send(callback, () => {});
}
