import { ZihinAgentError } from '@zihin/agent-client';
import { adviceLine, connectionAdviceLine, type PlatformLimits } from '@zihin/connector-kit';
import { LIMITS } from './limits.ts';

/**
 * What a user reads where a connection is tested or a list is filled. What is no error of the client is a
 * defect, and thrown on as it is.
 */
export function connectionAdvice(error: unknown): string {
	if (!ZihinAgentError.is(error)) throw error;
	return connectionAdviceLine(error, LIMITS);
}

/** Carries out a step. The platform logs whatever hangs on an error, so nothing but its name and text does. */
export async function inStepTerms<Result>(
	limits: PlatformLimits,
	work: () => Promise<Result>,
): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (!ZihinAgentError.is(error)) throw error;
		const plain = new Error(adviceLine(error, limits));
		throw Object.defineProperty(plain, 'name', { value: 'ZihinAgentError' });
	}
}
