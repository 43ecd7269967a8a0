/**
 * The client without a runtime: nothing here touches timers, `process` or `globalThis`, so that hosts which
 * forbid them can load it and supply their own.
 */

export type { AgentStream } from './agent-stream.ts';
export type { Agent, Attachment, InvokeAgentParams, ListAgentsParams } from './agents.ts';
export type { CallOptions } from './call.ts';
export type { AgentChunk, AgentResult, RawEvent } from './chunks.ts';
export { createClient, type ZihinClient } from './client.ts';
export type { Deadline, DeadlineSignal } from './deadline.ts';
export type { DiagnosticMessages, Publish } from './diagnostics.ts';
export { type Effect, type ErrorDetails, type ErrorKind, ZihinAgentError } from './errors.ts';
export type { Execution, ExecutionStatus } from './execution-record.ts';
export type {
	DispatchAgentParams,
	DispatchResult,
	GetExecutionParams,
	ListExecutionsParams,
} from './executions.ts';
export type { FindOrCreateTriggerParams, FoundTrigger } from './find-or-create-trigger.ts';
export type { RequestAnswer, RequestParams } from './request.ts';
export type {
	ByteSource,
	ClientOptions,
	FetchInit,
	FetchLike,
	FetchResponse,
	RetryEvent,
	Runtime,
} from './settings.ts';
export type {
	CreateTriggerParams,
	ListTriggersParams,
	Trigger,
	TriggerMode,
	TriggerParams,
	UpdateTriggerParams,
} from './triggers.ts';
export type { Usage } from './wire.ts';
