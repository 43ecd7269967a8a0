import type { Choice, Inputs, OperationName } from '@zihin/connector-kit';

/** What a user fills into a connection. */
export interface ConnectionInputs {
	readonly apiKey: string;
	readonly baseUrl: string;
	readonly allowCustomBaseUrl?: boolean;
	readonly allowHttp?: boolean;
}

/**
 * A platform's own runtime with a connector in it: what a user of the platform would do by hand. Every failure
 * is the platform's own error.
 */
export interface ConnectorHost {
	/** The runtime and its version, such as `n8n-core 2.41.1`. */
	readonly runtime: string;
	/** The platform's test of the connection; rejects where the platform would show that it failed. */
	testConnection(): Promise<void>;
	/** What the agent picker shows. */
	agentChoices(search?: string): Promise<readonly Choice[]>;
	/** Runs one step with these inputs and returns its output as the next step gets it. */
	run(operation: OperationName, inputs: Inputs): Promise<unknown>;
	close(): Promise<void>;
}

/** Opens a host for one connection. */
export type OpenHost = (connection: ConnectionInputs) => Promise<ConnectorHost>;
