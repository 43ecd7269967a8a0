import { createClient, type FetchLike, type Runtime, type ZihinClient } from '@zihin/agent-client/core';
import { readConnection } from '@zihin/connector-kit';
import type {
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

/** Everything that may call Zihin: a step, a list in the editor, an activation, a webhook. */
export type CallContext = IExecuteFunctions | ILoadOptionsFunctions | IHookFunctions | IWebhookFunctions;

/** The client on n8n's own HTTP, so that the instance's proxy, network rules and cancel button hold for it. */
export async function clientFor(context: CallContext): Promise<ZihinClient> {
	const credentials = await context.getCredentials('zihinApi');
	return createClient({ ...readConnection(credentials), ...runtimeOf(context) });
}

function runtimeOf(context: CallContext): Runtime {
	return {
		fetch: fetchThrough(context),
		sleep,
		// n8n forbids timers of its nodes' own. This one cannot be cleared, and needs not: nobody listens to it
		// any more once the call has ended, and it does not keep the process alive.
		deadline: ms => ({ signal: AbortSignal.timeout(Math.ceil(ms)), clear: () => {} }),
	};
}

/** What `encoding: 'stream'` and `returnFullResponse` make of an answer. */
interface StreamedResponse {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	readonly body: AsyncIterable<Uint8Array> & { destroy(): unknown };
}

function fetchThrough(context: CallContext): FetchLike {
	return async (url, init) => {
		const options: IHttpRequestOptions = {
			url,
			method: init.method,
			headers: init.headers,
			...(init.body === undefined ? {} : { body: init.body }),
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			// n8n's own default ends every call after 300 s.
			timeout: init.timeoutMs,
		};
		const { helpers } = context;
		const response: StreamedResponse = await helpers.httpRequestWithAuthentication.call(
			context,
			'zihinApi',
			options,
		);
		return {
			status: response.statusCode,
			headers: { get: name => headerOf(response, name) },
			body: response.body,
		};
	};
}

function headerOf({ headers }: StreamedResponse, name: string): string | null {
	const value = headers[name.toLowerCase()];
	return (typeof value === 'string' ? value : value?.[0]) ?? null;
}
