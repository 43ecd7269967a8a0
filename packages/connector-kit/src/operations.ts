import { dispatchAgent } from './dispatch-agent.ts';
import { findOrCreateTrigger } from './find-or-create-trigger.ts';
import { invokeAgent } from './invoke-agent.ts';
import { listAgents } from './list-agents.ts';

/** Everything a connector offers, by the name that code uses. */
export const OPERATIONS = { invokeAgent, listAgents, findOrCreateTrigger, dispatchAgent } as const;

export type OperationName = keyof typeof OPERATIONS;

/** What each operation returns. */
export type OperationOutputs = {
	[Name in OperationName]: Awaited<ReturnType<(typeof OPERATIONS)[Name]['run']>>;
};
