import type { ZihinAgentError } from '@zihin/agent-client/core';
import type { PlatformLimits } from './operation.ts';

/** A failed call, for the person or the model that reads it: what happened, and what to do about it. */
export interface Advice {
	readonly message: string;
	readonly nextStep: string;
}

/** Words an error for a user. Both sentences are free of secrets, as the error is. */
export function adviseOn(error: ZihinAgentError, limits: PlatformLimits): Advice {
	const { message, nextStep } = words(error, limits);
	const maybeDone =
		error.effect === 'unknown' && error.kind !== 'aborted'
			? ' The agent may have run all the same, so look before you repeat it.'
			: '';
	const reference = error.requestId === undefined ? '' : ` Request ID for support: ${error.requestId}.`;
	return { message, nextStep: `${nextStep}${maybeDone}${reference}` };
}

/** Both sentences in one line, for platforms that show only one. */
export function adviceLine(error: ZihinAgentError, limits: PlatformLimits): string {
	const { message, nextStep } = adviseOn(error, limits);
	return `${message} ${nextStep}`;
}

/** As {@link adviceLine}, for the test of a connection: there is no agent yet, and no step to run again. */
export function connectionAdviceLine(error: ZihinAgentError, limits: PlatformLimits): string {
	if (error.kind === 'config') return `${error.message} Change the value and test the connection again.`;
	if (error.kind === 'not_found') {
		return `There is no Zihin at this address. ${error.message} Check the base URL of the connection.`;
	}
	return adviceLine(error, limits);
}

function words(error: ZihinAgentError, limits: PlatformLimits): Advice {
	switch (error.kind) {
		case 'config':
			return {
				message: error.message,
				nextStep: 'Nothing was done. Change the value and run the step again.',
			};
		case 'auth':
			return error.status === 403
				? {
						message: `The API key is not allowed to do this. ${error.message}`,
						nextStep:
							'Triggers and executions need the key of an admin or editor: use one in the connection.',
					}
				: {
						message: 'The API key was refused: it is wrong, expired or revoked.',
						nextStep: 'Reconnect with a key from the Zihin console under Settings, API Keys.',
					};
		case 'not_found':
			return {
				message: `It does not exist, is not active, or belongs to another account. ${error.message}`,
				nextStep: 'Pick the agent from the list again, or check the ID.',
			};
		case 'rate_limit':
			if (!error.retryable) {
				return {
					message: `The quota of this account is used up. ${error.message}`,
					nextStep: 'Wait until it is renewed, or raise it in the Zihin console.',
				};
			}
			return {
				message: `Zihin is receiving too many requests with this key. ${error.message}`,
				nextStep: `Run the step again ${waitOf(error)}.`,
			};
		case 'timeout':
			return {
				message: `The agent did not finish in time. ${error.message}`,
				nextStep: limits.longRunAdvice,
			};
		case 'aborted':
			return { message: 'The run was cancelled.', nextStep: 'The connection to the agent was closed.' };
		case 'server':
			return {
				message: `Zihin could not complete the request. ${error.message}`,
				nextStep: `Run the step again ${waitOf(error)}.`,
			};
		case 'network':
			return {
				message: 'Zihin could not be reached, or the connection broke off.',
				nextStep: `${error.message} Check the base URL of the connection and the network between this platform and it.`,
			};
		case 'protocol':
			return {
				message: `The answer was incomplete or not understood, so it is not used. ${error.message}`,
				nextStep: 'Check that the base URL of the connection leads to Zihin.',
			};
		case 'unknown':
			return { message: error.message, nextStep: 'Run the step again, and tell support if it stays.' };
	}
}

function waitOf({ retryAfterMs }: ZihinAgentError): string {
	return retryAfterMs === undefined ? 'in a minute' : `in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s`;
}
