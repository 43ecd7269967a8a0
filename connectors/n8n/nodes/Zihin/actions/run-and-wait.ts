import type { Execution } from '@zihin/agent-client/core';
import { type Run, startRunWith } from '@zihin/agent-client/runs';
import {
	type Decision,
	decide,
	newWait,
	readEvent,
	readRunInputs,
	runAndWait,
	runOutput,
	type WaitPlan,
	waitError,
} from '@zihin/connector-kit';
import { sleep } from 'n8n-workflow';
import { readInputs } from '../inputs.ts';
import { remember } from '../memory.ts';
import type { Step } from './action.ts';
import { refuseWhatCannotSleep } from './can-sleep.ts';

/**
 * How long, in milliseconds, a run is looked for before the execution goes to sleep. While this step is busy n8n
 * turns callbacks away, and a sender that does not repeat them has said for the last time that a quick run is over.
 */
const LOOKS_MS = [500, 1000];

/**
 * Starts a run once, and puts the execution to sleep until the run's callback wakes it: `resume` goes on from there.
 * @returns the answer of a quick run; of any other the item that came in, which n8n drops when it wakes up
 */
export async function startAndSleep(step: Step): Promise<object> {
	refuseWhatCannotSleep(step);
	const { context, client, item } = step;
	const { agentId, message, waitMs } = readRunInputs(readInputs(step, runAndWait));
	const deadlineAt = Date.now() + waitMs;
	const run = await startRunWith(crypto, client, {
		agentId,
		message,
		runKey: runKey(step, agentId, message),
		callbackUrl: resumeUrl(step),
		signal: context.getExecutionCancelSignal(),
	});
	// A run that another execution had started calls that one: then only timers are left.
	const wakes = run.callbackToken === undefined ? 'timers' : 'callbacks';
	const asleep = await waitAwake(step, run, { wakes, firstPollMs: 500, longestPollMs: 5000, deadlineAt });
	if ('execution' in asleep) return runOutput(asleep.execution);
	const { triggerId, executionId, callbackToken = '' } = run;
	remember(context, { triggerId, executionId, callbackToken, wait: asleep.state });
	await context.putExecutionToWait(new Date(deadlineAt));
	return context.getInputData()[item]?.json ?? {};
}

/** What tells this run from every other, and stays when n8n repeats the step. */
function runKey({ context, item }: Step, agentId: string, message: string): string {
	const runIndex = context.evaluateExpression('{{ $runIndex }}', item);
	const place = [context.getInstanceId(), context.getExecutionId(), context.getNode().id, runIndex, item];
	return JSON.stringify([...place, agentId, message]);
}

/** n8n finds the node's webhook by the path behind the execution's own. */
function resumeUrl({ context, item }: Step): string {
	const url = new URL(String(context.evaluateExpression('{{ $execution.resumeUrl }}', item)));
	url.pathname += `/${context.getNode().id}`;
	return url.href;
}

/** Waits in the step itself, for as long as timers are all there is or a quick run may end. */
async function waitAwake(
	{ context, client }: Step,
	run: Run,
	plan: WaitPlan,
): Promise<{ readonly execution: Execution } | Pick<Decision, 'state'>> {
	const signal = context.getExecutionCancelSignal();
	const looks = [...LOOKS_MS];
	let execution: Execution | undefined;
	let decision = decide(decide(newWait(plan), { type: 'started' }).state, { type: 'dispatched', run });
	for (;;) {
		const { state, action } = decision;
		if (action.type === 'return' && execution !== undefined) return { execution };
		if (action.type === 'fail') throw waitError(action, execution);
		if (action.type === 'sleep') {
			const ms = action.wakes === 'timer' ? action.forMs : looks.shift();
			if (ms === undefined) return { state };
			await sleep(Math.min(ms, Math.max(0, action.until - Date.now())), signal);
			decision = decide(state, { type: Date.now() < action.until ? 'timer' : 'deadline' });
		} else {
			const read = await readEvent(client, run, { signal });
			execution = read.execution;
			decision = decide(state, read.event);
		}
	}
}
