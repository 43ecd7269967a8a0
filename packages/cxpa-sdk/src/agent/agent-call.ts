import { type CallOptions, createHttp, type Http, type HttpOptions, type HttpRequest } from '../http.ts';
import { pathOf } from '../path.ts';

/** What every call from outside an agent's runtime needs. */
export interface AgentCall extends Omit<HttpOptions, 'timeoutMs'>, CallOptions {
	/** The platform's origin. */
	readonly baseUrl: string;
	/** The agent's `ingest_api_key`. */
	readonly ingestApiKey: string;
	readonly agentId: number;
}

export function httpOf({ baseUrl, ingestApiKey, fetch, headers, maxRetries }: AgentCall): Http {
	return createHttp(baseUrl, { name: 'ingestApiKey', value: ingestApiKey }, { fetch, headers, maxRetries });
}

/** A POST to one of the agent's run endpoints. */
export function runRequest(
	{ agentId }: AgentCall,
	name: 'trigger' | 'trigger-and-wait' | 'trigger-and-download' | 'register' | 'ingest',
	rest: Pick<HttpRequest, 'repeatable' | 'waitMs'> & { readonly body: object },
): HttpRequest {
	return { method: 'POST', path: pathOf(`/api/agents/{agentId}/runs/${name}`, { agentId }), ...rest };
}
