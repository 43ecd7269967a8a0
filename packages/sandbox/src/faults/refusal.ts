import type { Context } from 'hono';
import type { SandboxEnv } from '../env.ts';
import { WireError } from '../error-envelope.ts';
import { rateLimitExceeded } from '../rate-limit.ts';
import type { FaultOf } from './fault.ts';

/** The faults that give an answer of their own, without any work. */
export const REFUSALS = [
	'401',
	'403',
	'404',
	'409',
	'413',
	'422',
	'429',
	'500',
	'502',
	'503',
	'redirect',
	'html-page',
] as const;

const FAR_TOO_LONG_SECONDS = 999_999_999;
const PAGE = '<!doctype html>\n<title>502 Bad Gateway</title>\n<h1>502 Bad Gateway</h1>\n';
const SIMULATED = 'This answer was asked for as a fault.';

export function refuse(c: Context<SandboxEnv>, fault: FaultOf<(typeof REFUSALS)[number]>): Response {
	switch (fault.name) {
		case '401':
			throw new WireError(401, 'UNAUTHORIZED', SIMULATED, { flatCode: 'invalid_api_key' });
		case '403':
			throw new WireError(403, 'FORBIDDEN', SIMULATED, { details: { reason: 'INSUFFICIENT_PERMISSIONS' } });
		case '404':
			throw new WireError(404, 'NOT_FOUND', SIMULATED);
		case '409':
			throw new WireError(409, 'CONFLICT', SIMULATED);
		case '413':
			throw new WireError(413, 'PAYLOAD_TOO_LARGE', SIMULATED);
		case '422':
			throw new WireError(422, 'VALIDATION_ERROR', SIMULATED);
		case '429':
			throw tooManyRequests(c, fault.value);
		case '500':
			throw new WireError(500, 'INTERNAL_ERROR', SIMULATED);
		case '502':
			throw new WireError(502, 'PROVIDER_ERROR', SIMULATED);
		case '503':
			throw new WireError(503, 'PROVIDER_UNAVAILABLE', SIMULATED);
		case 'redirect':
			return c.redirect(fault.value, 307);
		case 'html-page':
			return c.html(PAGE, 502);
	}
}

function tooManyRequests(c: Context<SandboxEnv>, value: FaultOf<'429'>['value']): WireError {
	const retryAfter = value === 'huge' ? FAR_TOO_LONG_SECONDS : typeof value === 'number' ? value : 1;
	const resetAt = Date.now() + retryAfter * 1000;
	if (value === 'date') c.header('Retry-After', new Date(resetAt).toUTCString());
	else if (value === 'garbage') c.header('Retry-After', 'soon');
	else if (value !== 'absent') c.header('Retry-After', String(retryAfter));
	c.header('X-RateLimit-Remaining', '0');
	const limit = Number(c.res.headers.get('X-RateLimit-Limit'));
	return rateLimitExceeded({ limit, reset: Math.ceil(resetAt / 1000), retryAfter });
}
