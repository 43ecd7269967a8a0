import type { PlatformLimits } from '@zihin/connector-kit';

/**
 * Zapier kills a step after 30 s and then says neither what happened nor what to do. Five of them are left for
 * what surrounds the call, a cold start above all.
 */
export const LIMITS: PlatformLimits = {
	defaultTimeoutSeconds: 25,
	longestTimeoutSeconds: 25,
	longRunAdvice:
		'Zapier ends a step after 30 seconds. For an agent that needs longer, use Find or Create Trigger with a callback URL and Dispatch Agent: the result then comes to that URL.',
};
