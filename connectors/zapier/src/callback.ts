import type { VerifyCallbackParams } from '@zihin/agent-client/callbacks';
import type { Bundle } from 'zapier-platform-core';

/** What came, as the client judges it. */
export function callbackOf({
	rawRequest,
}: Pick<Bundle, 'rawRequest'>): Pick<VerifyCallbackParams, 'rawBody' | 'headers' | 'query'> {
	const { headers = {}, content = '', querystring = '' } = rawRequest ?? {};
	return {
		rawBody: content,
		headers: Object.fromEntries(
			// Zapier writes Http- before the names of all headers that it does not know.
			Object.entries(headers).map(([name, value]) => [name.replace(/^http-/i, ''), value]),
		),
		query: new URLSearchParams(querystring),
	};
}
