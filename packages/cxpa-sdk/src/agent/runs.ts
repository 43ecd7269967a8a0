import { isJsonObject } from '../body.ts';
import { checkedTimeout } from '../deadline.ts';
import { type FinishedRun, type StartedRun, startedRun, type UnfinishedRun, waitedRun } from '../run.ts';
import { type AgentCall, httpOf, runRequest } from './agent-call.ts';

export interface TriggerRunInput extends AgentCall {
	/** Merged over the agent's saved default input. */
	readonly input?: object | undefined;
	/** On whose behalf, a uuid. One that is no member is dropped by the platform. */
	readonly userId?: string | undefined;
}

export interface TriggerAndWaitInput extends TriggerRunInput {
	/** Milliseconds to wait, at most what the agent and the platform allow. */
	readonly timeoutMs?: number | undefined;
}

/** Longer than any platform is known to wait by itself. */
const LONGEST_PLATFORM_WAIT_MS = 240_000;

/** Starts a run. Never sent twice by itself: the platform would start two. */
export async function triggerRun(call: TriggerRunInput): Promise<StartedRun> {
	const request = runRequest(call, 'trigger', { body: bodyOf(call), repeatable: false });
	return startedRun(await httpOf(call).json(request, call), request);
}

/** Starts a run and waits for its end, or until the wait is over: `timedOut` says which. */
export async function triggerRunAndWait(call: TriggerAndWaitInput): Promise<FinishedRun | UnfinishedRun> {
	const request = waitingRequest(call, 'trigger-and-wait');
	return waitedRun(await httpOf(call).json(request, call), request);
}

/**
 * Starts a run of an agent that makes a file, waits for it, and gives its bytes as they come.
 * @throws {ApiError} 422 for an agent that makes none, 502 with its answer as the body where it made no file after all.
 */
export async function triggerRunAndDownload(call: TriggerAndWaitInput): Promise<ReadableStream<Uint8Array>> {
	return httpOf(call).stream(waitingRequest(call, 'trigger-and-download'), call);
}

function waitingRequest(call: TriggerAndWaitInput, name: 'trigger-and-wait' | 'trigger-and-download') {
	const { timeoutMs } = call;
	if (timeoutMs !== undefined) checkedTimeout('timeoutMs', timeoutMs);
	return runRequest(call, name, {
		body: { ...bodyOf(call), ...(timeoutMs !== undefined && { timeoutMs }) },
		repeatable: false,
		waitMs: timeoutMs ?? LONGEST_PLATFORM_WAIT_MS,
	});
}

function bodyOf({ input, userId }: TriggerRunInput): object {
	if (input !== undefined && !isJsonObject(input)) throw new TypeError('input has to be a JSON object.');
	return { ...(input && { input }), ...(userId !== undefined && { userId }) };
}
