import type { Action } from '@activepieces/pieces-framework';
import { customCall, dispatchRun, findAgent, getExecution, OPERATIONS } from '@zihin/connector-kit';
import { callAction } from './call.ts';
import { invokeAgent } from './invoke-agent.ts';
import { runAgentAndWait } from './run-agent-and-wait.ts';

const { findOrCreateTrigger, listAgents } = OPERATIONS;
const harmless = { audience: 'both', idempotent: true, mayRetry: true } as const;

export const actions: Action[] = [
	invokeAgent,
	runAgentAndWait,
	callAction(dispatchRun, { name: 'dispatch_run', audience: 'both', idempotent: false, mayRetry: false }),
	callAction(getExecution, { name: 'get_execution', ...harmless }),
	callAction(findOrCreateTrigger, { name: 'find_or_create_trigger', ...harmless }),
	callAction(listAgents, { name: 'list_agents', ...harmless }),
	callAction(findAgent, { name: 'find_agent', ...harmless }),
	callAction(customCall, { name: 'custom_api_call', audience: 'human', idempotent: false, mayRetry: false }),
];
