import type { PlatformLimits } from '@zihin/connector-kit';

/** Zapier kills a step after 30 s, and then says neither what happened nor what to do. */
export const STEP_MS = 25_000;

/** What is left of the 30 s is for what surrounds the calls, a cold start above all. */
export const LIMITS: PlatformLimits = {
	defaultTimeoutSeconds: STEP_MS / 1000,
	longestTimeoutSeconds: STEP_MS / 1000,
	longRunAdvice:
		'Zapier ends a step after 30 seconds. For an agent that needs longer, use Dispatch Agent and Wait: it sleeps until the answer is there.',
};
