export { type Advice, adviceLine, adviseOn, connectionAdviceLine } from './advice.ts';
export { API_KEYS_URL, CONNECTION_FIELDS, DEFAULT_BASE_URL, readConnection } from './connection.ts';
export { type DispatchOutput, dispatchAgent } from './dispatch-agent.ts';
export type { Choice, Field, FieldKind, Inputs } from './fields.ts';
export { findOrCreateTrigger, type TriggerOutput } from './find-or-create-trigger.ts';
export { type InvokeAgentOutput, invokeAgent } from './invoke-agent.ts';
export { type AgentOutput, agentChoices, listAgents } from './list-agents.ts';
export type { Operation, OperationContext, PlatformLimits } from './operation.ts';
export { OPERATIONS, type OperationName, type OperationOutputs } from './operations.ts';
export type { UsageOutput } from './usage-output.ts';
export {
	type Decision,
	decide,
	newWait,
	type ReadRun,
	type WaitAction,
	type WaitEvent,
	type WaitFailure,
	type WaitFailureReason,
	type WaitPlan,
	type WaitState,
} from './wait.ts';
export { waitError } from './wait-failure.ts';
