import type { PlatformLimits } from '@zihin/connector-kit';

/** n8n itself sets no limit to a step; the agent's turn ends on the platform after 150 s. */
export const LIMITS: PlatformLimits = {
	defaultTimeoutSeconds: 120,
	longestTimeoutSeconds: 300,
	longRunAdvice:
		'For an agent that needs longer, use Trigger: Find or Create and Execution: Dispatch, and let the result come to a webhook.',
};
