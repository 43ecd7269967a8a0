import { type ErrorDetails, type Execution, ZihinAgentError } from '@zihin/agent-client/core';
import type { RunIds } from '@zihin/agent-client/runs';
import type { WaitFailure } from './wait.ts';

/**
 * The error of a wait that ended without an answer: what is known of the run, and its ids, so that it can be
 * read later.
 * @param execution what was read last, when the run itself failed
 */
export function waitError({ reason, run }: WaitFailure, execution?: Execution): ZihinAgentError {
	// Of a run that is not known, the dispatch may still have had its effect.
	const about = { executionId: run?.executionId, effect: 'unknown' } as const;
	return new ZihinAgentError({ ...about, ...detailsOf(reason, run, execution) });
}

function detailsOf(
	reason: WaitFailure['reason'],
	run: RunIds | null,
	execution: Execution | undefined,
): ErrorDetails {
	const later =
		run === null
			? 'Whether the agent was asked is not known.'
			: `Its run goes on: execution ${run.executionId} of trigger ${run.triggerId} can be read later.`;
	switch (reason) {
		case 'cancelled':
			return { kind: 'aborted', message: `The wait for the agent was cancelled. ${later}` };
		case 'deadline':
			return { kind: 'timeout', message: `The agent did not finish in the time of this step. ${later}` };
		case 'unreadable':
			return {
				kind: 'network',
				message: `The time of this step is over, and the run could not be read. ${later}`,
			};
		case 'absent':
			return run === null
				? {
						kind: 'unknown',
						message:
							'The answer to the dispatch was lost, and the platform has no run of it. It is not sent again.',
					}
				: {
						kind: 'not_found',
						message: `The platform no longer has execution ${run.executionId} of trigger ${run.triggerId}.`,
					};
		case 'run-failed':
			return failedRun(execution);
	}
}

function failedRun(execution: Execution | undefined): ErrorDetails {
	const { status = 'failed', error, sessionId } = execution ?? {};
	const why = error?.message === undefined ? '' : ` ${error.message}`;
	return {
		kind: KINDS[status] ?? 'server',
		code: error?.code,
		sessionId,
		message: `The agent's run ended as ${status}.${why}`,
	};
}

const KINDS: Readonly<Record<string, ErrorDetails['kind']>> = { timeout: 'timeout', cancelled: 'aborted' };
