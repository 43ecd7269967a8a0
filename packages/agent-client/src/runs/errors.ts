import { type ErrorDetails, ZihinAgentError } from '../core.ts';

/** The same error, said for the run as a whole. */
export function restated(error: ZihinAgentError, details: Partial<ErrorDetails>): ZihinAgentError {
	return new ZihinAgentError({ ...error, message: error.message, cause: error.cause, ...details });
}

/**
 * Carries out what comes before a dispatch: whatever fails in it, this start has not asked the agent. An earlier
 * start that was killed may have, so the error speaks of this one alone.
 */
export async function beforeDispatch<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		if (!ZihinAgentError.is(cause)) throw cause;
		throw restated(cause, {
			effect: 'none',
			message: `This start of the run failed before anything was sent to the agent: ${cause.message}`,
		});
	}
}

/** Another start of the same run came first, and its dispatch is not to be seen yet. */
export function underWay(): ZihinAgentError {
	return new ZihinAgentError({
		kind: 'unknown',
		code: 'RUN_UNDER_WAY',
		retryable: true,
		message:
			'Another start of this run is under way, and this one sent nothing. Start it again with the same runKey in some seconds: it then takes the run that the other one dispatched.',
	});
}

/** The platform's list does not show what was just made, so it cannot show another start of the run either. */
export function unlisted(): ZihinAgentError {
	return new ZihinAgentError({
		kind: 'protocol',
		code: 'RUN_UNDECIDED',
		retryable: true,
		message:
			'The platform does not list the trigger that was just made for this run, so another start of the same run could not be seen either. Nothing was sent to the agent. Start the run again with the same runKey.',
	});
}

/** A dispatch failed, and its trigger was closed before it had begun a run. */
export function notDispatched(cause: ZihinAgentError): ZihinAgentError {
	return restated(cause, {
		effect: 'none',
		message: `The dispatch failed, and the platform shows no run of it: ${cause.message} The trigger of the run was closed, so that a late dispatch is refused. Start the run again with the same runKey.`,
	});
}

/** A dispatch failed, and whether it began a run could not be found out. */
export function undecided(cause: ZihinAgentError): ZihinAgentError {
	return restated(cause, {
		code: cause.code ?? 'RUN_UNDECIDED',
		message: `The answer to the dispatch was lost, and looking for its run failed too, so the agent may be running: ${cause.message} It is not sent again. Start the run again with the same runKey: it looks for the run first.`,
	});
}
