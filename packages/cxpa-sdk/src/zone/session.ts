import { decodeJwt } from 'jose';
import { environment } from '../environment.ts';
import { CLAIMS_HEADER, claimsOf, claimsText, TOKEN_HEADER, type ZoneClaims } from './claims.ts';
import { verifyZoneToken, type ZoneTokenOptions } from './verify-zone-token.ts';

/** Who asks, and what opens the platform on their behalf. */
export interface ZoneSession {
	readonly claims: ZoneClaims;
	/** The bearer token. It must not reach the browser. */
	readonly token: string;
}

/** Where the session is, and how it is checked once more. */
export interface SessionOptions extends Partial<ZoneTokenOptions> {
	/** Default: those of Next's current request. */
	readonly headers?: Pick<Headers, 'get'> | undefined;
}

/** The request has no session that can be trusted. */
export class ZoneSessionError extends Error {
	override readonly name = 'ZoneSessionError';
}

/**
 * The session of the current request, as the zone middleware left it. With a secret and an audience, which default to
 * `ZONE_JWT_SECRET` and `AUDIENCE_ID`, the token is verified again: so a route that the middleware's matcher misses
 * cannot be fooled by headers that a caller made up. Without them only claims that differ from the token are noticed.
 *
 * @throws {ZoneSessionError} when the request did not pass the middleware, or its token does not verify.
 */
export async function getSession(options: SessionOptions = {}): Promise<ZoneSession> {
	const headers = options.headers ?? (await nextHeaders());
	const [token, said] = [headers.get(TOKEN_HEADER), headers.get(CLAIMS_HEADER)];
	if (token === null || said === null) throw new ZoneSessionError(NO_SESSION);
	const claims = await claimsIn(token, options);
	// The claims are the token's: the header says no more than that the middleware has seen it.
	if (claimsText(claims) !== said) {
		throw new ZoneSessionError(`${CLAIMS_HEADER} and ${TOKEN_HEADER} differ: one of them is forged.`);
	}
	return { claims, token };
}

/**
 * The bearer token of the current request, without a look at its claims.
 * @throws {ZoneSessionError} when the request did not pass the middleware.
 */
export async function getZoneToken(options: Pick<SessionOptions, 'headers'> = {}): Promise<string> {
	const headers = options.headers ?? (await nextHeaders());
	const token = headers.get(TOKEN_HEADER);
	if (token === null || headers.get(CLAIMS_HEADER) === null) throw new ZoneSessionError(NO_SESSION);
	return token;
}

const NO_SESSION =
	'This request did not pass the zone middleware. Is there a middleware.ts (Next 15) or proxy.ts (Next 16) beside ' +
	'the app folder, and does its matcher cover this route?';

async function claimsIn(token: string, options: SessionOptions): Promise<ZoneClaims> {
	const secret = options.secret ?? environment('ZONE_JWT_SECRET');
	const audience = options.audience ?? environment('AUDIENCE_ID');
	if (secret !== undefined && audience !== undefined) {
		const { clockToleranceSeconds } = options;
		const claims = await verifyZoneToken(token, { secret, audience, clockToleranceSeconds }).catch(() => {});
		if (claims) return claims;
		throw new ZoneSessionError(
			"The session's token is not valid, or has expired. If it passed the middleware, give getSession the secret and " +
				'the audience that the middleware has.',
		);
	}
	if (options.secret !== undefined || options.audience !== undefined) {
		throw new TypeError('getSession verifies with both a secret and an audience: one of them is missing.');
	}
	const claims = await unverified(token).catch(() => undefined);
	if (claims) return claims;
	throw new ZoneSessionError(`${TOKEN_HEADER} holds no zone token.`);
}

async function unverified(token: string): Promise<ZoneClaims | undefined> {
	return claimsOf(decodeJwt(token));
}

/** Loaded here, so that a server without Next can pass its own headers. */
async function nextHeaders(): Promise<Pick<Headers, 'get'>> {
	const { headers } = await import('next/headers.js').catch(() => {
		throw new ZoneSessionError('Next is not installed: give the headers of the request as { headers }.');
	});
	return headers();
}
