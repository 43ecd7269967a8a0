import { CLAIMS_HEADER, claimsText, TOKEN_HEADER } from './claims.ts';
import { INVALID_ZONE_TOKEN, type ZoneTokenOptions, zoneTokenVerifier } from './verify-zone-token.ts';

/** Options of {@link createZoneMiddleware}. */
export interface ZoneMiddlewareOptions extends ZoneTokenOptions {
	/** Where the platform puts the token. Default `x-zone-token`. */
	readonly tokenHeader?: string | undefined;
}

/**
 * A middleware (`middleware.ts` of Next 15) or proxy (`proxy.ts` of Next 16) that lets in what the platform sends and
 * nobody else: 401 without a valid token. What is behind it reads the session with `getSession`.
 *
 * @throws {TypeError} at once, when the secret or the audience is missing.
 * @example
 * export const proxy = createZoneMiddleware({
 *   secret: process.env.ZONE_JWT_SECRET!,
 *   audience: process.env.AUDIENCE_ID!,
 * })
 * export const config = { matcher: ['/:path*'] }
 */
export function createZoneMiddleware(
	options: ZoneMiddlewareOptions,
): (request: Pick<Request, 'headers'>) => Promise<Response> {
	const verify = zoneTokenVerifier(options);
	const { tokenHeader = TOKEN_HEADER } = options;
	if (!/^[\w-]+$/.test(tokenHeader) || tokenHeader.toLowerCase() === CLAIMS_HEADER) {
		throw new TypeError(`tokenHeader has to be the name of a header other than ${CLAIMS_HEADER}.`);
	}
	return async request => {
		// Stryker disable next-line StringLiteral: any other word is no token either.
		const token = request.headers.get(tokenHeader) ?? '';
		const claims = await verify(token).catch(() => undefined);
		if (claims === undefined) return refusal();
		const headers = new Headers(request.headers);
		// Overwritten: what came in under these names was nobody's who has been checked.
		headers.set(CLAIMS_HEADER, claimsText(claims));
		headers.set(TOKEN_HEADER, token);
		return passedOn(headers);
	};
}

function refusal(): Response {
	return new Response(INVALID_ZONE_TOKEN, {
		status: 401,
		headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
	});
}

/**
 * What `NextResponse.next({ request: { headers } })` answers with, made of a web Response, so that neither the edge
 * bundle nor a server without Next has to load Next. A header that the list does not name is dropped.
 */
function passedOn(headers: Headers): Response {
	const answer = new Headers({ 'x-middleware-next': '1' });
	for (const [name, value] of headers) answer.set(`x-middleware-request-${name}`, value);
	answer.set('x-middleware-override-headers', [...headers.keys()].join(','));
	return new Response(null, { headers: answer });
}
