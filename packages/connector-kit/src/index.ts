export { type Advice, adviceLine, adviseOn, connectionAdviceLine } from './advice.ts';
export type { AgentOutput } from './agent-output.ts';
export type { AnswerOutput } from './answer-output.ts';
export { API_KEYS_URL, CONNECTION_FIELDS, DEFAULT_BASE_URL, readConnection } from './connection.ts';
export { type CustomCallOutput, customCall } from './custom-call.ts';
export { type DeletedOutput, deleteTrigger } from './delete-trigger.ts';
export { type DispatchOutput, dispatchAgent } from './dispatch-agent.ts';
export { dispatchRun } from './dispatch-run.ts';
export { dispatchToAgent } from './dispatch-to-agent.ts';
export { type ExecutionOutput, executionOutput } from './execution-output.ts';
export type { Choice, Field, FieldKind, Inputs } from './fields.ts';
export { type FoundAgentOutput, findAgent } from './find-agent.ts';
export { type FoundTriggerOutput, findOrCreateTrigger } from './find-or-create-trigger.ts';
export { findTrigger } from './find-trigger.ts';
export { type FinishedRun, finishedRun } from './finished-run.ts';
export { getExecution } from './get-execution.ts';
export { readRequiredText } from './inputs.ts';
export { agentField, type InvokeAgentOutput, invokeAgent, messageField } from './invoke-agent.ts';
export type { JsonSchema, ObjectSchema } from './json-schema.ts';
export { limitField } from './limit-field.ts';
export { agentChoices, listAgents } from './list-agents.ts';
export { listExecutions } from './list-executions.ts';
export { listTriggers, triggerChoices } from './list-triggers.ts';
export type { Operation, OperationContext, OperationForm, PlatformLimits } from './operation.ts';
export { OPERATIONS, type OperationName, type OperationOutputs } from './operations.ts';
export { outputLabel } from './output-labels.ts';
export { recentRuns } from './recent-runs.ts';
export { type RunInputs, type RunOutput, readRunInputs, runAndWait, runOutput } from './run-and-wait.ts';
export { runFinished } from './run-finished.ts';
export { simplifyField } from './simplify-field.ts';
export {
	isSubscribed,
	type Subscriber,
	type Subscription,
	subscribe,
	unsubscribe,
} from './subscription.ts';
export { triggerField } from './trigger-field.ts';
export type { TriggerOutput } from './trigger-output.ts';
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
export { waitAwake } from './wait-awake.ts';
export { callbackEvent, type ReadResult, readEvent } from './wait-events.ts';
export { waitError } from './wait-failure.ts';
