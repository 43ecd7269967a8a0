import { randomUUID } from 'node:crypto';
import type { Agent } from './agents.ts';
import type { EngineEvent, Usage } from './engine.ts';
import type { ExecutionEnd, Executions } from './executions.ts';

export interface Turn {
	readonly executionId: string;
	readonly agent: Agent;
	readonly sessionId: string;
	readonly message: string;
	/** Named values beside the message, for the prompt. */
	readonly context?: Readonly<Record<string, unknown>>;
	readonly maxTokens: number | undefined;
	readonly deadlineMs: number;
	/** Aborted when nobody waits for the answer any more. */
	readonly caller: AbortSignal | undefined;
	/** Aborted when the sandbox closes. */
	readonly stopping: AbortSignal;
}

export type TurnEvent =
	| Exclude<EngineEvent, { type: 'tool' }>
	| (Extract<EngineEvent, { type: 'tool' }> & { readonly callId: string })
	| { readonly type: 'end'; readonly end: ExecutionEnd; readonly usage: Usage };

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0 };

/**
 * Runs an agent's engine for one message and records what came of it. The record is written in the moment the
 * turn is decided, not when the reader gets there: a reader that has stalled or gone may never read on.
 */
export async function* runTurn(executions: Executions, turn: Turn): AsyncGenerator<TurnEvent, void> {
	const stopEngine = new AbortController();
	let end: ExecutionEnd | undefined;
	const decide = (ending: ExecutionEnd): void => {
		if (end) return;
		try {
			executions.finish(turn.executionId, ending);
			end = ending;
		} catch {
			// A full disk, say. An answer that is not recorded must not look like a finished execution.
			end = failure('failed', 'STORAGE_ERROR', 'The result of this turn could not be stored.');
		}
		stopEngine.abort();
	};
	const cancel = () => decide(failure('cancelled', 'CANCELLED', 'The caller closed the connection.'));
	const shutDown = () =>
		decide(failure('failed', 'SANDBOX_STOPPED', 'The sandbox stopped before this execution was finished.'));
	const expire = () =>
		decide(failure('timeout', 'TURN_TIMEOUT', `The turn took longer than ${turn.deadlineMs} ms.`));

	executions.begin(turn.executionId);
	const timer = setTimeout(expire, turn.deadlineMs);
	turn.caller?.addEventListener('abort', cancel);
	turn.stopping.addEventListener('abort', shutDown);
	if (turn.caller?.aborted) cancel();
	if (turn.stopping.aborted) shutDown();

	let usage = NO_USAGE;
	const toolsUsed = new Set<string>();
	try {
		const events = turn.agent.engine.run({
			message: turn.message,
			...(turn.context && { context: turn.context }),
			history: executions.history(turn.sessionId),
			maxTokens: turn.maxTokens,
			signal: stopEngine.signal,
		});
		for await (const event of events) {
			if (end) break;
			if (event.type === 'response') {
				usage = event.usage;
				const { content: response, sources } = event;
				decide({ status: 'completed', response, sources, toolsUsed: [...toolsUsed], usage });
			}
			if (event.type === 'tool') {
				toolsUsed.add(event.tool);
				yield { ...event, callId: `call_${randomUUID()}` };
			} else yield event;
		}
		decide(failure('failed', 'ENGINE_ERROR', 'The engine ended without an answer.'));
	} catch (error) {
		// Once the turn is decided, this is only the engine stopping as it was told to.
		const message = error instanceof Error ? error.message : 'The engine failed.';
		decide(failure('failed', 'ENGINE_ERROR', message));
	} finally {
		clearTimeout(timer);
		turn.caller?.removeEventListener('abort', cancel);
		turn.stopping.removeEventListener('abort', shutDown);
		// Only a reader that left early, without aborting, gets here undecided.
		cancel();
	}
	if (!end) return;
	// The platform's own habit: the failure is told as an answer, and only the outcome says that it is none.
	if (end.status === 'timeout') {
		yield { type: 'response', content: end.error.message, sources: [], usage };
	}
	yield { type: 'end', end, usage };
}

function failure(status: 'failed' | 'timeout' | 'cancelled', code: string, message: string): ExecutionEnd {
	return { status, error: { code, message } };
}
