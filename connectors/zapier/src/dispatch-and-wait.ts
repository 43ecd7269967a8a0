import { setTimeout as sleep } from 'node:timers/promises';
import { ZihinAgentError } from '@zihin/agent-client';
import { type RunIds, startRunWith } from '@zihin/agent-client/runs';
import {
	agentField,
	callbackEvent,
	decide,
	messageField,
	newWait,
	readRunInputs,
	runAndWait,
	runOutput,
	type WaitEvent,
	waitAwake,
} from '@zihin/connector-kit';
import type { Bundle, Create, ZObject } from 'zapier-platform-core';
import { callbackOf } from './callback.ts';
import { inZapierTerms } from './errors.ts';
import { formOf } from './form.ts';
import { LIMITS } from './limits.ts';
import { clientFor } from './transport.ts';

/** What Zapier keeps for the step while its run sleeps. */
interface Asleep extends RunIds {
	/** The run's ID under the name that Zapier looks for. */
	readonly id: string;
	/** What the callback must bring. */
	readonly callbackToken?: string;
}

/** Starting a run takes several requests: one that hangs leaves time to look what became of it. */
const REQUEST_MS = 8000;

/** How long a run is looked for that woke the step too early: Zapier lets it sleep only once. */
const AWAKE_MS = 20_000;
const READ_MS = 4000;

const START_LIMITS = { ...LIMITS, longRunAdvice: 'Run the step again.' };
const WOKEN_LIMITS = {
	...LIMITS,
	longRunAdvice:
		'The step was woken before its run had ended, and Zapier lets it sleep only once. Get Execution, with this trigger and execution, has the answer later; running this step again asks the agent again.',
};

const { display, operation } = formOf({
	...runAndWait,
	label: 'Dispatch Agent and Wait',
	// How long Zapier waits is not for the step to say: 30 days.
	fields: [agentField, messageField],
});

export const dispatchAgentAndWait: Create = {
	key: 'dispatch_agent_and_wait',
	noun: 'Answer',
	display,
	operation: { ...operation, perform: startAndSleep, performResume: wake },
};

/** Starts a run, once for each callback URL, and lets Zapier sleep until that URL is called. */
async function startAndSleep(z: ZObject, bundle: Bundle): Promise<object> {
	// In the editor nothing would ever resume: a test shows what the answer will look like, and asks nobody.
	if (bundle.meta.isLoadingSample) return { ...runAndWait.sample };
	return inZapierTerms(
		z,
		async () => {
			const { agentId, message } = readRunInputs(bundle.inputData);
			const callbackUrl = z.generateCallbackUrl();
			const { triggerId, executionId, callbackToken } = await startRunWith(crypto, clientFor(z, bundle), {
				agentId,
				message,
				runKey: JSON.stringify([callbackUrl, agentId, message]),
				callbackUrl,
				timeoutMs: REQUEST_MS,
			});
			const asleep: Asleep = { id: executionId, executionId, triggerId };
			return callbackToken === undefined ? asleep : { ...asleep, callbackToken };
		},
		START_LIMITS,
	);
}

/**
 * Whoever calls the URL first wakes the step, and nobody can wake it again. So a call is only a reason to read the
 * run: one that came too early, or is not true, is a reason to read it until it has ended.
 */
async function wake(z: ZObject, bundle: Bundle): Promise<object> {
	const run = asleepIn(bundle);
	const client = clientFor(z, bundle);
	return inZapierTerms(
		z,
		async () => {
			const plan = { firstPollMs: 500, longestPollMs: 4000, deadlineAt: Date.now() + AWAKE_MS };
			const started = decide(newWait({ wakes: 'one-callback', ...plan }), { type: 'started' });
			const dispatched = decide(started.state, { type: 'dispatched', run });
			const woken = decide(dispatched.state, await callOf(bundle, run));
			return runOutput(await waitAwake(client, run, woken, { sleep, timeoutMs: READ_MS }));
		},
		WOKEN_LIMITS,
	);
}

function asleepIn({ outputData }: Bundle): Asleep {
	const { triggerId, executionId, callbackToken }: Partial<Asleep> = outputData ?? {};
	if (triggerId === undefined || executionId === undefined)
		throw new TypeError('Zapier kept no run to read.');
	const ids = { id: executionId, triggerId, executionId };
	return callbackToken === undefined ? ids : { ...ids, callbackToken };
}

async function callOf(bundle: Bundle, run: Asleep): Promise<WaitEvent> {
	try {
		return await callbackEvent(crypto, { ...callbackOf(bundle), token: run.callbackToken }, run);
	} catch (cause) {
		if (!ZihinAgentError.is(cause)) throw cause;
		// Nothing to judge it by, or nothing that can be read: it counts for nothing.
		return { type: 'callback', token: 'wrong' };
	}
}
