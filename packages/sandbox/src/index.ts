export type { CallbackAttempt } from './callback-outbox.ts';
export type { CallbackOptions } from './callbacks.ts';
export type { Source, Usage } from './engine.ts';
export type { CallbackState, ExecutionError, ExecutionStatus, RecordedExecution } from './executions.ts';
export type { ProfileName } from './profile.ts';
export { DEFAULT_PORT, type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
export { SANDBOX_AGENT_ID, SANDBOX_KEYS } from './seed.ts';
export { SandboxSetupError } from './setup-error.ts';
export type { ZoneLimits } from './zone/run-starter.ts';
