import type { PlatformLimits } from '@zihin/connector-kit';

/**
 * A flow is killed after 600 s and shows no error of the step then; a step that an agent calls as a tool is
 * given up after about 60 s.
 */
export const LIMITS: PlatformLimits = {
	defaultTimeoutSeconds: 45,
	longestTimeoutSeconds: 540,
	longRunAdvice: 'Read the run later with Get Execution.',
};

/** Of an agent that is waited for in the step itself. */
export const INVOKE_LIMITS: PlatformLimits = {
	...LIMITS,
	longRunAdvice:
		'At the limit the turn is cancelled. For an agent that takes longer, use Run Agent and Wait in a flow; as a tool of an AI agent, use Dispatch Agent and then Get Execution.',
};
