import type { PlatformLimits } from '@zihin/connector-kit';

/**
 * A flow is killed after 600 s and shows no error of the step then; a step that an agent calls as a tool is
 * given up after about 60 s.
 */
export const LIMITS: PlatformLimits = {
	defaultTimeoutSeconds: 45,
	longestTimeoutSeconds: 540,
	longRunAdvice: 'For work that takes longer, use Dispatch Agent with a trigger from Find or Create Trigger.',
};
