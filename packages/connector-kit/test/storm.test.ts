import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { FAULT_NAMES } from './storm/faults.ts';
import { type Aftermath, storm } from './storm/storm.ts';
import { summarise, table } from './storm/summary.ts';
import { brokenPromises } from './storm/verdict.ts';

const USUAL_RUNS = 300;
const RUNS = Number(process.env.ZIHIN_STORM_RUNS ?? USUAL_RUNS);
const SEED = process.env.ZIHIN_STORM_SEED ?? randomUUID().slice(0, 8);
/** A start lists the account's triggers, so that the runs of one sandbox cost more the more there are. */
const MOST_AT_ONCE = 100;

it.for(['full', 'bare'] as const)(
	'whatever is lost, repeated, forged or killed on the way, each run ends with its own answer or a clear error, and no agent is asked twice: profile %s',
	{ timeout: 60_000 + RUNS * 1_000 },
	async profile => {
		const all: Aftermath = { steps: [], executions: [], journal: [] };
		for (let left = RUNS; left > 0; left -= MOST_AT_ONCE) {
			const aftermath = await storm(profile, `${SEED}-${RUNS - left}`, Math.min(left, MOST_AT_ONCE));
			expect(brokenPromises(aftermath), `ZIHIN_STORM_SEED=${SEED}`).toEqual([]);
			all.steps.push(...aftermath.steps);
			all.executions.push(...aftermath.executions);
			all.journal.push(...aftermath.journal);
		}
		const total = summarise(all);
		console.log(table(`A storm of ${RUNS} runs, profile ${profile}, ZIHIN_STORM_SEED=${SEED}`, total));
		// A storm that spared something, or in which a way to wait never got through, would say little. How many
		// runs got through is no matter: a busy machine is killed more often on the way.
		if (RUNS < USUAL_RUNS) return;
		expect(Object.keys(total.answers ?? {})).toEqual(Object.keys(total.steps ?? {}));
		expect(Object.keys(total.faults ?? {})).toEqual(expect.arrayContaining([...FAULT_NAMES]));
		expect(Object.keys(total.kills ?? {})).not.toEqual([]);
	},
);
