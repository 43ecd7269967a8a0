import { ZihinAgentError } from '@zihin/agent-client';
import { adviceLine, connectionAdviceLine, type PlatformLimits } from '@zihin/connector-kit';
import type { ZObject } from 'zapier-platform-core';
import { LIMITS } from './limits.ts';

/**
 * Runs a step; what the client throws becomes the error with which Zapier does the right thing.
 * @param limits with what the user does where the time of the step was too short
 */
export async function inZapierTerms<Output>(
	z: ZObject,
	step: () => Promise<Output>,
	limits: PlatformLimits = LIMITS,
): Promise<Output> {
	try {
		return await step();
	} catch (error) {
		throw ZihinAgentError.is(error) ? withoutHistory(stepError(z, error, limits)) : error;
	}
}

/**
 * The error of a connection's test, always a plain one: nothing is there yet that could expire, and no run that
 * could be held or repeated.
 */
export function connectionError({ errors }: ZObject, error: unknown): unknown {
	if (!ZihinAgentError.is(error)) return error;
	return new errors.Error(connectionAdviceLine(error, LIMITS), error.kind, error.status);
}

function stepError({ errors }: ZObject, error: ZihinAgentError, limits: PlatformLimits): Error {
	const line = adviceLine(error, limits);
	switch (error.kind) {
		case 'auth':
			// A key that is not allowed to do this is still a good key: the connection must not expire.
			return error.status === 403 ? new errors.HaltedError(line) : new errors.ExpiredAuthError(line);
		case 'rate_limit':
			// Zapier repeats a throttled step by itself: only where nothing was done, and waiting helps.
			return error.effect === 'none' && error.retryable
				? new errors.ThrottledError(line, secondsToWait(error))
				: new errors.HaltedError(line);
		case 'config':
		case 'not_found':
		case 'aborted':
			return new errors.HaltedError(line);
		default:
			return new errors.Error(line, error.kind, error.status);
	}
}

function secondsToWait({ retryAfterMs = 60_000 }: ZihinAgentError): number {
	return Math.max(1, Math.ceil(retryAfterMs / 1000));
}

/**
 * Core adds to an error what was requested and how the answers began, unredacted: a server that repeats the key
 * would put it before the user. It leaves out errors that say so, as its own `z.errors.Error` does.
 */
function withoutHistory(error: Error): Error {
	return Object.assign(error, { doNotContextify: true });
}
