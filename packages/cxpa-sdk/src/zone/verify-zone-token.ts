import { base64url, type JWTHeaderParameters, jwtVerify } from 'jose';
import { claimsOf, type ZoneClaims } from './claims.ts';

/** What a zone's tokens are checked with. */
export interface ZoneTokenOptions {
	/** The zone's HS256 secret (`ZONE_JWT_SECRET`); several while one is being replaced, the newest first. */
	readonly secret: string | readonly string[];
	/** What the tokens are minted for (`AUDIENCE_ID`). */
	readonly audience: string;
	/** How far the platform's clock may be off, for `exp` and `nbf`. Default 5. */
	readonly clockToleranceSeconds?: number | undefined;
}

/** The text is the same whatever is wrong, so that nobody can find out step by step what would be right. */
export const INVALID_ZONE_TOKEN = 'invalid zone token';

/** A token that is not a valid one for this zone now. It does not say why. */
export class ZoneTokenError extends Error {
	override readonly name = 'ZoneTokenError';

	constructor() {
		super(INVALID_ZONE_TOKEN);
	}
}

const DEFAULT_TOLERANCE_SECONDS = 5;
/** More than Node takes in all headers together; what is longer is refused without any work. */
const LONGEST_TOKEN = 16_384;

/**
 * Checks a zone token: HS256 alone, signature, audience, `exp` (required), `nbf`, and that every claim is there.
 *
 * @throws {ZoneTokenError} whatever is wrong with the token.
 * @throws {TypeError} when the secret or the audience is missing: then every token would be wrong, or right.
 * @example
 * const claims = await verifyZoneToken(token, { secret: process.env.ZONE_JWT_SECRET, audience: process.env.AUDIENCE_ID });
 */
export async function verifyZoneToken(token: string, options: ZoneTokenOptions): Promise<ZoneClaims> {
	return zoneTokenVerifier(options)(token);
}

/** `verifyZoneToken` with its options judged once, where the verifier is made. */
export function zoneTokenVerifier(options: ZoneTokenOptions): (token: string) => Promise<ZoneClaims> {
	const { audience, clockToleranceSeconds: clockTolerance = DEFAULT_TOLERANCE_SECONDS } = options;
	const secrets = Array.isArray(options.secret) ? options.secret : [options.secret];
	if (secrets.length === 0 || !secrets.every(isPresent)) {
		throw new TypeError("secret is missing: set it to the zone's HS256 secret (ZONE_JWT_SECRET).");
	}
	// jose does not look at the audience when it is given none: the tokens of every other zone would pass.
	if (!isPresent(audience)) {
		throw new TypeError("audience is missing: set it to the zone's audience (AUDIENCE_ID).");
	}
	if (!Number.isFinite(clockTolerance) || clockTolerance < 0) {
		throw new TypeError('clockToleranceSeconds has to be a number of seconds, 0 or more.');
	}
	// jose would fail at every token, and each would look like a wrong one.
	if (typeof crypto === 'undefined') {
		throw new TypeError(
			'There is no web crypto: use Node 20, or Node 18 with --experimental-global-webcrypto.',
		);
	}
	const keys = secrets.map(secret => new TextEncoder().encode(secret));
	const checks = { algorithms: ['HS256'], audience, clockTolerance };

	return async token => {
		if (token.length > LONGEST_TOKEN) throw new ZoneTokenError();
		for (const key of keys) {
			const claims = await jwtVerify(token, key, checks).then(
				({ payload, protectedHeader }) => (isStrict(token, protectedHeader) ? claimsOf(payload) : undefined),
				() => undefined,
			);
			if (claims) return claims;
		}
		throw new ZoneTokenError();
	};
}

function isPresent(value: unknown): boolean {
	return typeof value === 'string' && value.trim() !== '';
}

/**
 * Where jose is lenient: each part has to be in its one canonical spelling, because two spellings of one token are two
 * keys to whatever remembers tokens; and RFC 7797, section 7, forbids `b64: false`, also where `crit` does not name it.
 */
function isStrict(token: string, { b64 = true }: JWTHeaderParameters): boolean {
	return b64 === true && token.split('.').every(part => base64url.encode(base64url.decode(part)) === part);
}
