export { ApiError } from './api-error.ts';
export type { Credential, CredentialExtras } from './credential.ts';
export {
	type FinishedRun,
	isTerminal,
	type Run,
	type RunStatus,
	type StartedRun,
	type UnfinishedRun,
} from './run.ts';
export { TransportError, type TransportFault } from './transport-error.ts';
