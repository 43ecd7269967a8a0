import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ZihinAgentError } from '../src/index.ts';
import { type Run, startRun } from '../src/runs.ts';
import { answerLost, type Interception, runPlatform, unsent } from './run-platform.ts';

const ASK = { agentId: 'a1', message: 'Check order 4711', runKey: 'run 7' };

/** `late`: the caller is told that the connection broke, and the request arrives nevertheless, some time later. */
type Fault = 'none' | 'unsent' | 'late' | 'answer lost' | 'killed before' | 'killed after';
/** How a start ended: with a run, with an error, or not at all because its process was killed. */
type Ending = Run | ZihinAgentError | 'killed';

/** Lets one request at a time arrive, whenever all starts wait with one or have ended: so every order can be had. */
function turnstile(choices: readonly number[]) {
	const waiting: (() => void)[] = [];
	const left = [...choices];
	let moving = 0;
	const next = () => {
		moving--;
		while (moving === 0 && waiting.length > 0) waiting.splice((left.shift() ?? 0) % waiting.length, 1)[0]?.();
	};
	return {
		/** A start begins to move, and moves until it waits or has ended. */
		begin: () => void moving++,
		ended: next,
		wait: () =>
			new Promise<void>(resolve => {
				waiting.push(() => {
					moving++;
					resolve();
				});
				next();
			}),
		/** Happens at some time, and nobody waits for it. */
		later: (happen: () => unknown) => void waiting.push(happen),
		/** Lets happen what is left. */
		drain: () => {
			for (const happen of waiting.splice(0)) happen();
		},
	};
}

const plans = fc.array(
	fc.array(
		fc.constantFrom<Fault>(
			'none',
			'none',
			'none',
			'unsent',
			'late',
			'answer lost',
			'killed before',
			'killed after',
		),
		{ maxLength: 8 },
	),
	{ minLength: 1, maxLength: 4 },
);

it('in any order of the requests of several starts, with any of them lost, late or killed, a run is dispatched at most once', async () => {
	const seen = { dispatched: 0, adopted: 0, underWay: 0, refused: 0 };
	await fc.assert(
		fc.asyncProperty(plans, fc.array(fc.nat(23), { maxLength: 40 }), async (faults, choices) => {
			const platform = runPlatform();
			const turn = turnstile(choices);
			const start = (plan: readonly Fault[]) =>
				new Promise<Ending>((resolve, reject) => {
					const left = [...plan];
					const intercept: Interception = async (deliver, request) => {
						await turn.wait();
						const fault = left.shift() ?? 'none';
						if (fault === 'none') return deliver();
						if (fault === 'answer lost') return answerLost(deliver, request);
						if (fault === 'late') turn.later(deliver);
						if (fault === 'late' || fault === 'unsent') return unsent(deliver, request);
						if (fault === 'killed after') deliver();
						resolve('killed');
						return new Promise(() => {});
					};
					turn.begin();
					startRun(platform.client(intercept), ASK).then(resolve, cause =>
						ZihinAgentError.is(cause) ? resolve(cause) : reject(cause),
					);
				}).finally(turn.ended);

			const endings = await Promise.all(faults.map(start));
			// Whatever happened, the next start ends with the one run, and no request that comes late begins another.
			const last = await startRun(platform.client(), ASK);
			turn.drain();
			expect(platform.executions).toEqual([expect.objectContaining({ id: last.executionId })]);
			for (const ending of endings) {
				if (ending === 'killed') continue;
				if (!ZihinAgentError.is(ending)) {
					expect(ending.executionId).toBe(last.executionId);
					seen[ending.adopted ? 'adopted' : 'dispatched']++;
				} else if (ending.code === 'RUN_UNDER_WAY') {
					seen.underWay++;
				} else {
					expect(ending.message).toMatch(/before anything was sent|shows no run|may be running/);
					seen.refused++;
				}
			}
		}),
		{ numRuns: 400 },
	);
	// Each way to end was taken: a test of which half never happens would say little.
	for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
