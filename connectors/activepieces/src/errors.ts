import { ZihinAgentError } from '@zihin/agent-client';
import { adviceLine, connectionAdviceLine } from '@zihin/connector-kit';
import { LIMITS } from './limits.ts';

/**
 * What a user reads where a connection is tested or a list is filled. What is no error of the client is a
 * defect, and thrown on as it is.
 */
export function connectionAdvice(error: unknown): string {
	if (!ZihinAgentError.is(error)) throw error;
	return connectionAdviceLine(error, LIMITS);
}

/** The error of a step. The platform logs whatever hangs on an error, so nothing but its name and text does. */
export function stepError(error: unknown): unknown {
	if (!ZihinAgentError.is(error)) return error;
	const plain = new Error(adviceLine(error, LIMITS));
	return Object.defineProperty(plain, 'name', { value: 'ZihinAgentError' });
}
