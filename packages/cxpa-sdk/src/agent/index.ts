export * from '../index.ts';
export type { AgentCall } from './agent-call.ts';
export { type AgentClient, type AgentClientOptions, createAgentClient, type RunCallback } from './client.ts';
export {
	type IngestRunInput,
	ingestRun,
	type RegisteredRun,
	type RegisterRunInput,
	registerRun,
} from './report.ts';
export {
	type TriggerAndWaitInput,
	type TriggerRunInput,
	triggerRun,
	triggerRunAndDownload,
	triggerRunAndWait,
} from './runs.ts';
