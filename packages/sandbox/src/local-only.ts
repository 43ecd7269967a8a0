import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';

// Canonical spellings only: `2130706433`, a trailing dot or a public name that resolves to loopback are how
// DNS rebinding gets in. Any port, because a tunnel or a container may map it.
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * Why this request must not reach a route, if it must not. It looks at the raw headers because Node keeps the
 * first of two Host headers, accepts HTTP/1.0 without one and passes absolute targets through.
 */
export function hostRefusal(request: IncomingMessage): WireError | undefined {
	const hosts = request.rawHeaders.filter(
		(_, index) => index % 2 === 1 && request.rawHeaders[index - 1]?.toLowerCase() === 'host',
	);
	if (hosts.length > 1) return new WireError(400, 'VALIDATION_ERROR', 'Send one Host header.');
	if (!LOCAL_HOST.test(hosts[0] ?? '')) {
		return new WireError(
			403,
			'HOST_NOT_ALLOWED',
			'The sandbox answers to localhost, 127.0.0.1 and [::1] only.',
		);
	}
	if (!request.url?.startsWith('/')) {
		return new WireError(400, 'VALIDATION_ERROR', 'The request target has to be a path.');
	}
	return undefined;
}

/** Why this request must not be taken, if another site's page, open in a browser on this machine, sent it. */
export function originRefusal(headers: IncomingHttpHeaders): WireError | undefined {
	const { origin, host } = headers;
	const site = headers['sec-fetch-site'];
	const own = `http://${host?.toLowerCase()}`;
	if ((origin === undefined || origin === own) && (!site || site === 'same-origin' || site === 'none')) {
		return undefined;
	}
	return new WireError(
		403,
		'ORIGIN_NOT_ALLOWED',
		'The sandbox takes no requests from pages of other origins.',
	);
}

export const sameOriginOnly: MiddlewareHandler<SandboxEnv> = async (c, next) => {
	const refusal = originRefusal(c.env.incoming.headers);
	if (refusal) throw refusal;
	await next();
};
