import { callbackTokenOf, withoutCallbackToken } from '../callbacks/token.ts';
import { type CallOptions, type Trigger, ZihinAgentError } from '../core.ts';
import type { WebCrypto } from '../web-crypto.ts';
import { claimRun } from './claim.ts';
import { dispatchOnce, type RunPayload } from './dispatch.ts';
import { beforeDispatch } from './errors.ts';
import { type DispatchedRun, lookForRun, type RunClient } from './look.ts';
import { runTriggerName, triggersOfRun } from './trigger.ts';

/** Parameters of `findRun`. `timeoutMs` is for each of its requests. */
export interface FindRunParams extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
	readonly agentId: string;
	/**
	 * Tells this run from every other: equal keys are the same run. Put into it what stays when the platform
	 * repeats the step, and the message too: the execution's id, the step, the item and the text, for example.
	 */
	readonly runKey: string;
	/** Where the result is announced: a public https URL. A secret token is added to it. Without it, poll. */
	readonly callbackUrl?: string | undefined;
}

/** Parameters of `startRun`. */
export interface StartRunParams extends FindRunParams {
	readonly message: string;
	/** Fields beside the message: they become the webhook's context. */
	readonly context?: { readonly [field: string]: unknown } | undefined;
}

/** A run that was dispatched. Plain JSON: store it before you wait. */
export interface Run {
	readonly agentId: string;
	readonly triggerId: string;
	readonly executionId: string;
	/**
	 * What the callback brings as `zihin_token`, for `verifyCallback`. Not there when no callback will come to
	 * the URL that was asked for: poll then.
	 */
	readonly callbackToken?: string;
	/** Whether an earlier start of the same run had dispatched it. */
	readonly adopted: boolean;
}

/** `startRun` with a web crypto that the host supplies. */
export async function startRunWith(
	crypto: WebCrypto,
	client: RunClient,
	params: StartRunParams,
): Promise<Run> {
	const { agentId, callbackUrl } = params;
	const payload = readPayload(params);
	const run = { agentId, callbackUrl, name: await runTriggerName(crypto, params.runKey) };
	const call = callOf(params);
	const claim = await beforeDispatch(() => claimRun(crypto, client, call, run));
	if ('execution' in claim) return adopt(claim, params);
	const dispatched = await dispatchOnce(client, call, run, claim, payload);
	return typeof dispatched === 'string' ? runOf(claim, dispatched, params, false) : adopt(dispatched, params);
}

/** `findRun` with a web crypto that the host supplies. */
export async function findRunWith(
	crypto: WebCrypto,
	client: RunClient,
	params: FindRunParams,
): Promise<Run | undefined> {
	const name = await runTriggerName(crypto, params.runKey);
	const call = callOf(params);
	const triggers = triggersOfRun(await client.listTriggers(call), { agentId: params.agentId, name });
	const found = await lookForRun(client, call, triggers);
	return found && adopt(found, params);
}

function callOf({ signal, timeoutMs }: FindRunParams): CallOptions {
	return { signal, timeoutMs };
}

function readPayload({ message, context = {}, callbackUrl }: StartRunParams): RunPayload {
	const misuse = (text: string) => new ZihinAgentError({ kind: 'config', message: text });
	if (
		callbackUrl !== undefined &&
		(typeof callbackUrl !== 'string' || callbackTokenOf(callbackUrl) !== undefined)
	) {
		throw misuse('callbackUrl must be a URL without a zihin_token: each run is given its own.');
	}
	if (typeof message !== 'string' || message === '') {
		throw misuse('message is empty: say what the agent is asked.');
	}
	if (typeof context !== 'object' || context === null || Array.isArray(context)) {
		throw misuse('context must be an object.');
	}
	if (Object.hasOwn(context, 'message')) {
		throw misuse('context must not have a field "message": that is where the message goes.');
	}
	return { ...context, message };
}

function adopt({ trigger, execution }: DispatchedRun, params: FindRunParams): Run {
	return runOf(trigger, execution.executionId, params, true);
}

function runOf(trigger: Trigger, executionId: string, params: FindRunParams, adopted: boolean): Run {
	const { triggerId, callbackUrl } = trigger;
	const callbackToken =
		callbackUrl && comesTo(callbackUrl, params) ? callbackTokenOf(callbackUrl) : undefined;
	return Object.freeze({
		agentId: params.agentId,
		triggerId,
		executionId,
		adopted,
		...(callbackToken !== undefined && { callbackToken }),
	});
}

/** Whether a callback to this URL reaches who asks now: an earlier start may have waited elsewhere. */
function comesTo(callbackUrl: string, { callbackUrl: asked }: FindRunParams): boolean {
	return withoutCallbackToken(callbackUrl) === asked;
}
