import type { PlatformLimits } from '@zihin/connector-kit';

/** n8n itself sets no limit to a step; the agent's turn ends on the platform after 150 s. */
export const LIMITS: PlatformLimits = {
	defaultTimeoutSeconds: 120,
	longestTimeoutSeconds: 3600,
	longRunAdvice:
		'For an agent that needs longer, use Agent: Run and Wait, or Execution: Dispatch with a Zihin Trigger.',
};
