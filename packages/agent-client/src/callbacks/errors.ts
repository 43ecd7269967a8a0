import { ZihinAgentError } from '../core.ts';

/** A check that was asked for in a way that cannot be carried out: a fault of the receiver's code. */
export function callbackMisuse(message: string): ZihinAgentError {
	return new ZihinAgentError({ kind: 'config', message });
}

/** A callback that is not shown to be true. Its status is what the sender should be answered. */
export function callbackRefused(reason: string): ZihinAgentError {
	return new ZihinAgentError({
		kind: 'auth',
		status: 401,
		message: `The callback was refused: ${reason}.`,
	});
}
