/**
 * The worker of a platform: carries out all steps that have not ended, many at a time, until it is killed. When
 * and where that happens, and which requests go wrong, the seed says.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@zihin/agent-client';
import type { Callback } from './callback.ts';
import { chance } from './chance.ts';
import { faultsOf } from './faults.ts';
import { Inbox } from './inbox.ts';
import { KILLED, STARTED } from './journal.ts';
import { Step } from './step.ts';
import { type StepRecord, StepRecords } from './step-record.ts';

/** What a worker is told when it is started. */
export interface WorkerSetup {
	readonly seed: string;
	/** How many workers there were before it. */
	readonly life: number;
	readonly folder: string;
	readonly sandboxUrl: string;
	readonly apiKey: string;
	readonly agentId: string;
	/** Where the platform takes callbacks; the id of the step follows. */
	readonly callbackUrl: string;
}

const AT_A_TIME = 40;
/** A worker is killed, on average, when half as many times something could have been cut in two. */
const LONGEST_LIFE = 3_000;
/** Of each call, its retries and pages together. */
const TIMEOUT_MS = 2_000;
/** The client's waits between attempts, in a hurry. */
const WAITS_SHORTENED = 20;

const setup: WorkerSetup = JSON.parse(process.argv[2] ?? '');
const { seed, life } = setup;
const records = new StepRecords(join(setup.folder, 'steps'));
const journal = join(setup.folder, 'journal');
const inbox = new Inbox();
process.on('message', (callback: Callback) => inbox.put(callback));
// The platform is gone: nothing may be left behind.
process.once('disconnect', () => process.exit(1));

let left = Math.ceil(chance(seed, 'life', life) * LONGEST_LIFE);

/** A place between two steps, at which the process may be killed. */
function place(name: string): void {
	if (--left > 0) return;
	note(`${KILLED}${name}`);
	process.kill(process.pid, 'SIGKILL');
}

function note(what: string): void {
	appendFileSync(journal, `${what}\n`);
}

function clientOf(id: string) {
	let requests = 0;
	return createClient({
		apiKey: setup.apiKey,
		baseUrl: setup.sandboxUrl,
		allowHttp: true,
		timeoutMs: TIMEOUT_MS,
		sleep: (ms, signal) => sleep(ms / WAITS_SHORTENED, undefined, { signal }),
		fetch: async (url, init) => {
			const faults = faultsOf(url, init, seed, id, life, ++requests);
			for (const fault of faults) note(fault);
			place('before a request');
			const headers = { ...init.headers, 'X-Sandbox-Fault': faults.join() };
			const sent = fetch(url, { ...init, headers });
			place('during a request');
			const answer = await sent;
			place('after a request');
			return answer;
		},
	});
}

function stepOf(record: StepRecord): Step {
	return new Step(record, {
		client: clientOf(record.id),
		agentId: setup.agentId,
		callbackUrl: `${setup.callbackUrl}/${record.id}`,
		inbox,
		started: id => note(`${STARTED}${id}`),
		save: changed => {
			place('before a state was stored');
			records.save(changed);
			place('after a state was stored');
		},
	});
}

const steps = records.all().filter(({ result }) => result === null);
await Promise.all(
	Array.from({ length: AT_A_TIME }, async () => {
		for (let record = steps.shift(); record !== undefined; record = steps.shift()) await stepOf(record).run();
	}),
);
process.exit();
