import type { CallOptions } from './call.ts';
import { configError } from './errors.ts';
import type { Settings } from './settings.ts';
import type { Transport } from './transport.ts';
import { readRequestPath } from './urls.ts';

/** Parameters of `request`. */
export interface RequestParams extends CallOptions {
	readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	/** What follows the base URL, with its query: `/api/v2/agents?limit=1`. */
	readonly path: string;
	/** Sent as JSON. */
	readonly body?: unknown;
}

/** What a `request` was answered, where it was not refused. */
export interface RequestAnswer {
	/** 200 to 299. */
	readonly status: number;
	/** The parsed JSON; nothing where the answer had no body. */
	readonly body: unknown;
}

/** Any call of the API. Only a GET is repeated after a failure: of the others it is not known what they do. */
export async function request(
	transport: Transport,
	settings: Settings,
	{ method, path, body }: RequestParams,
): Promise<RequestAnswer> {
	if (method === 'GET' && body !== undefined) throw configError('A GET takes no body.');
	return transport.json({
		method,
		path: readRequestPath(path, settings.baseUrl),
		body,
		class: method === 'GET' ? 'read' : 'side-effect',
		mayBeEmpty: true,
	});
}
