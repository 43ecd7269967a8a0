import { setTimeout as sleep } from 'node:timers/promises';
import type { Execution } from '@zihin/agent-client';
import {
	executionOutput,
	finishedRun,
	recentRuns,
	runFinished,
	type Subscription,
	subscribe,
	unsubscribe,
} from '@zihin/connector-kit';
import type { Bundle, Trigger, ZObject } from 'zapier-platform-core';
import { callbackOf } from './callback.ts';
import { inZapierTerms } from './errors.ts';
import { formOf } from './form.ts';
import { clientFor } from './transport.ts';

/** How long a run is looked for whose callback came too early: who called is told that all is well, and calls no more. */
const AWAKE_MS = 20_000;
const LOOK_AGAIN_MS = 1000;
/** When Zapier tries an event again that could not be read. */
const TRY_AGAIN_SECONDS = 120;
/**
 * Zapier keeps calls while it is busy, and tries again those that failed: a signature is older then than where it
 * arrives. For as long it is remembered which runs have started a Zap.
 */
const KEPT_SECONDS = 24 * 60 * 60;

const { display, operation } = formOf({
	...runFinished,
	description: runFinished.description.replace(/^Starts/, 'Triggers'),
});

export const agentRunFinished: Trigger = {
	key: 'agent_run_finished',
	noun: 'Run',
	display,
	operation: {
		...operation,
		type: 'hook',
		performSubscribe: (z, bundle) => inZapierTerms(z, () => subscribeZap(z, bundle)),
		performUnsubscribe: (z, bundle) => inZapierTerms(z, () => unsubscribeZap(z, bundle)),
		performList: (z, bundle) =>
			inZapierTerms(z, async () => (await recentRuns(clientFor(z, bundle), agentIn(bundle))).map(eventOf)),
		perform: (z, bundle) => inZapierTerms(z, () => startZap(z, bundle)),
	},
};

/** What Zapier keeps of the Zap: callbacks are judged by it. */
interface Kept extends Subscription {
	/** The trigger's ID under the name that Zapier looks for. */
	readonly id: string;
}

async function subscribeZap(z: ZObject, bundle: Bundle): Promise<Kept> {
	const { targetUrl = '' } = bundle;
	const subscriber = { platform: 'zapier', agentId: agentIn(bundle), url: targetUrl };
	const subscription = await subscribe(crypto, clientFor(z, bundle), subscriber);
	return { id: subscription.triggerId, ...subscription };
}

async function unsubscribeZap(z: ZObject, bundle: Bundle): Promise<object> {
	const { triggerId } = subscriptionOf(bundle) ?? {};
	if (triggerId !== undefined) await unsubscribe(clientFor(z, bundle), triggerId);
	return {};
}

/** A callback starts the Zap with the run as it was read, once for each run; one that does not count starts nothing. */
async function startZap(z: ZObject, bundle: Bundle): Promise<object[]> {
	const subscription = subscriptionOf(bundle);
	if (subscription === undefined) return [];
	const execution = await runOf(z, bundle, subscription);
	if (execution === undefined || !(await isFirst(z, execution))) return [];
	return [eventOf(execution)];
}

async function runOf(z: ZObject, bundle: Bundle, subscription: Subscription): Promise<Execution | undefined> {
	const client = clientFor(z, bundle);
	const callback = { ...callbackOf(bundle), toleranceSeconds: KEPT_SECONDS };
	const until = Date.now() + AWAKE_MS;
	for (;;) {
		const finished = await finishedRun(crypto, client, subscription, callback);
		if ('execution' in finished) return finished.execution;
		const mayFollow = finished.refusal === 409 || finished.refusal === 503;
		if (!mayFollow) return undefined;
		if (Date.now() >= until) throw new z.errors.ThrottledError(finished.reason, TRY_AGAIN_SECONDS);
		await sleep(LOOK_AGAIN_MS);
	}
}

/** A callback may come twice, and Zapier starts a Zap for each event of a hook. */
async function isFirst({ cache }: ZObject, { executionId }: Execution): Promise<boolean> {
	const key = `started:${executionId}`;
	try {
		if ((await cache.get(key)) !== null) return false;
		await cache.set(key, true, KEPT_SECONDS);
	} catch {
		// Better twice than not at all.
	}
	return true;
}

function eventOf(execution: Execution): object {
	return executionOutput(execution, false);
}

function agentIn({ inputData }: Bundle): string {
	return String(inputData.agentId ?? '');
}

function subscriptionOf({ subscribeData }: Bundle): Subscription | undefined {
	const { triggerId, agentId, callbackUrl, callbackToken, webhookSecret }: Partial<Kept> =
		subscribeData ?? {};
	if (!triggerId || !agentId || !callbackUrl || !callbackToken) return undefined;
	const known = webhookSecret === undefined ? {} : { webhookSecret };
	return { triggerId, agentId, callbackUrl, callbackToken, ...known };
}
