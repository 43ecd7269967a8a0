import { type Credential, credentialOf } from '../credential.ts';
import { type CallOptions, checkedSecret, createHttp, type HttpOptions, type HttpRequest } from '../http.ts';
import { pathOf } from '../path.ts';

export interface AgentClientOptions extends HttpOptions {
	/** The platform's origin. */
	readonly baseUrl: string;
	/** The agent's `agent_api_key`. */
	readonly agentApiKey: string;
	/** The task's, `payload.runId`. */
	readonly runId: number;
	/** The task's, `payload.credentialsToken`. Needed for credentials. */
	readonly credentialsToken?: string | undefined;
}

/** What a runtime says of its run. */
export type RunCallback =
	| { readonly type: 'started' }
	| {
			readonly type: 'output';
			readonly output?: object;
			/** How many units of output there are; the latest counts. */
			readonly outputs?: number;
			readonly complete?: boolean;
			readonly failed?: boolean;
			/** Required where `failed` is set. */
			readonly error?: { readonly name?: string; readonly message?: string; readonly stack?: string };
	  }
	| {
			readonly type: 'waiting';
			readonly tokenId: string;
			readonly description: string;
			readonly output?: object;
	  };

/** For an agent's runtime, while it works on one run. */
export interface AgentClient {
	/** What opens a connection (`payload.connectionIds[…].connectionId`). */
	resolveCredential(connectionId: string, options?: CallOptions): Promise<Credential>;
	/** Moves the run on. Never sent twice by itself; a step backwards is an `ApiError` with the status 409. */
	callback(callback: RunCallback, options?: CallOptions): Promise<void>;
}

/** @throws {TypeError} for what could not work, before anything is sent. */
export function createAgentClient(options: AgentClientOptions): AgentClient {
	const { baseUrl, agentApiKey, runId, credentialsToken } = options;
	const bearer = { name: 'agentApiKey', value: agentApiKey };
	const http = createHttp(baseUrl, bearer, options);
	const callbackPath = pathOf('/api/runs/{runId}/callback', { runId });
	const opened =
		credentialsToken === undefined ? undefined : checkedSecret('credentialsToken', credentialsToken);
	const credentials =
		opened === undefined
			? undefined
			: createHttp(baseUrl, bearer, options, { 'x-credentials-token': opened });
	return {
		async resolveCredential(connectionId, call) {
			const path = pathOf('/api/credentials/{connectionId}/resolve', { connectionId });
			const request: HttpRequest = { method: 'GET', path, repeatable: true };
			if (!credentials) throw new TypeError('credentialsToken is missing: it comes with the task.');
			return credentialOf(await credentials.json(request, call), request);
		},
		async callback(body, call) {
			await http.json({ method: 'POST', path: callbackPath, body, repeatable: false }, call);
		},
	};
}
