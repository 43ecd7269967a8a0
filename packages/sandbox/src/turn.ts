import { randomUUID } from 'node:crypto';
import type { Agent } from './agents.ts';
import type { Emit, EngineEvent, EngineRequest, EngineResponse, Usage } from './engine.ts';
import type { ExecutionEnd, Executions } from './executions.ts';

export interface Turn {
	readonly executionId: string;
	readonly agent: Agent;
	readonly sessionId: string;
	readonly message: string;
	/** Named values beside the message, for the prompt. */
	readonly context?: Readonly<Record<string, unknown>>;
	readonly maxTokens: number | undefined;
	readonly temperature?: number | undefined;
	readonly deadlineMs: number;
	/** Aborted when nobody waits for the answer any more. */
	readonly caller: AbortSignal | undefined;
	/** Aborted when the sandbox closes. */
	readonly stopping: AbortSignal;
	readonly observer?: TurnObserver;
	/** Whether its caller follows it, instead of waiting for a callback. */
	readonly streamed?: boolean;
}

/** Told of turns as they happen; it neither changes them nor holds them up. */
export interface TurnObserver {
	begun(turn: Turn): void;
	happened(turn: Turn, event: Exclude<TurnEvent, TurnEnd>): void;
	ended(turn: Turn, end: ExecutionEnd): void;
}

export type TurnEvent =
	| Exclude<EngineEvent, { type: 'tool' | 'error' | 'timeout' }>
	| (Extract<EngineEvent, { type: 'tool' }> & { readonly callId: string })
	| TurnEnd;

export interface TurnEnd {
	readonly type: 'end';
	readonly end: ExecutionEnd;
	readonly usage: Usage;
	readonly model: string;
	readonly iterations: number;
	/** Whether the agent itself reported how it failed, an overrun time included. */
	readonly reported: boolean;
}

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0 };

/** Takes an event. The turn goes on when what it returns, if anything, has resolved; it must not fail. */
export type Tell = (event: TurnEvent) => Promise<void> | undefined;

/**
 * Runs an agent's engine for one message, whose execution has begun, and records what came of it. The record is
 * written in the moment the turn is decided, not when it can be told: a reader that has stalled or gone may never
 * read on.
 */
export async function runTurn(executions: Executions, turn: Turn, tell: Tell): Promise<void> {
	const { engine } = turn.agent;
	const stopEngine = new AbortController();
	let end: ExecutionEnd | undefined;
	const decide = (ending: ExecutionEnd): void => {
		if (end) return;
		try {
			if (turn.streamed) executions.finishStreamed(turn.executionId, ending);
			else executions.finish(turn.executionId, ending);
			end = ending;
		} catch {
			// A full disk, say. An answer that is not recorded must not look like a finished execution.
			end = failure('failed', 'STORAGE_ERROR', 'The result of this turn could not be stored.');
		}
		turn.observer?.ended(turn, end);
	};
	const stop = (ending: ExecutionEnd): void => {
		decide(ending);
		// With a reason: without one each abort pays for an exception with its stack.
		stopEngine.abort(ending.status);
	};
	const cancel = () => stop(failure('cancelled', 'CANCELLED', 'The caller closed the connection.'));
	const shutDown = () =>
		stop(failure('failed', 'SANDBOX_STOPPED', 'The sandbox stopped before this execution was finished.'));
	const expire = () =>
		stop(failure('timeout', 'TURN_TIMEOUT', `The turn took longer than ${turn.deadlineMs} ms.`));

	turn.observer?.begun(turn);
	const timer = setTimeout(expire, turn.deadlineMs / (engine.speed ?? 1));
	turn.caller?.addEventListener('abort', cancel);
	turn.stopping.addEventListener('abort', shutDown);
	if (turn.caller?.aborted) cancel();
	if (turn.stopping.aborted) shutDown();

	let response: EngineResponse | undefined;
	let reported = false;
	const toolsUsed = new Set<string>();
	const observeAndTell = (event: Exclude<TurnEvent, TurnEnd>) => {
		turn.observer?.happened(turn, event);
		return tell(event);
	};
	const take: Emit = event => {
		// After an answer only the connection is left for something to happen to.
		if (end && end.status !== 'completed') return undefined;
		switch (event.type) {
			case 'error':
				reported = true;
				stop(failure(event.timedOut ? 'timeout' : 'failed', event.code, event.message));
				return undefined;
			case 'timeout':
				stop(failure('timeout', 'TURN_TIMEOUT', event.message));
				return undefined;
			case 'tool':
				toolsUsed.add(event.tool);
				return observeAndTell({ ...event, callId: `call_${randomUUID()}` });
			case 'response': {
				response = event;
				const { content, sources, usage } = event;
				decide({ status: 'completed', response: content, sources, toolsUsed: [...toolsUsed], usage });
				return observeAndTell(event);
			}
			default:
				return observeAndTell(event);
		}
	};
	try {
		const request: EngineRequest = {
			message: turn.message,
			...(turn.context && { context: turn.context }),
			// Read by those engines alone that look at it.
			get history() {
				return executions.history(turn.sessionId);
			},
			maxTokens: turn.maxTokens,
			temperature: turn.temperature,
			signal: stopEngine.signal,
		};
		await engine.run(request, take);
		decide(failure('failed', 'ENGINE_ERROR', 'The engine ended without an answer.'));
	} catch (error) {
		// Once the turn is decided, this is only the engine stopping as it was told to.
		const message = error instanceof Error ? error.message : 'The engine failed.';
		decide(failure('failed', 'ENGINE_ERROR', message));
	} finally {
		clearTimeout(timer);
		turn.caller?.removeEventListener('abort', cancel);
		turn.stopping.removeEventListener('abort', shutDown);
	}
	if (!end) return;
	const usage = response?.usage ?? NO_USAGE;
	// The platform's own habit: the failure is told as an answer, and only the outcome says that it is none.
	if (end.status === 'timeout' && !reported) {
		await tell({ type: 'response', content: end.error.message, sources: [], usage });
	}
	const { model = engine.model, iterations = 1 } = response ?? {};
	await tell({ type: 'end', end, usage, model, iterations, reported });
}

function failure(status: 'failed' | 'timeout' | 'cancelled', code: string, message: string): ExecutionEnd {
	return { status, error: { code, message } };
}
