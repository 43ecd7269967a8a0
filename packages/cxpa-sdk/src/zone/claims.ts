export const TOKEN_HEADER = 'x-zone-token';
export const CLAIMS_HEADER = 'x-zone-claims';

/** `admin` is an admin of the platform, never a stored membership. */
export type ZoneRole = 'owner' | 'member' | 'admin';

/** Who is in front of the zone, as the platform says it. */
export interface ZoneClaims {
	readonly userId: string;
	/** `null` where it is not known: show the e-mail address. */
	readonly userName: string | null;
	readonly userEmail: string;
	readonly orgId: string;
	readonly orgSlug: string;
	readonly agentId: number;
	readonly role: ZoneRole;
	readonly aud?: string | string[];
	/** Seconds since 1970. */
	readonly iat?: number;
	/** Seconds since 1970. */
	readonly exp: number;
	readonly [claim: string]: unknown;
}

const ROLES: readonly unknown[] = ['owner', 'member', 'admin'] satisfies ZoneRole[];

/** The claims of a token's payload, `exp` among them; `undefined` where one is missing, or is not what it has to be. */
export function claimsOf(payload: object): ZoneClaims | undefined {
	const claims = { userName: null, ...payload };
	return isZoneClaims(claims) ? claims : undefined;
}

function isZoneClaims(claims: Readonly<Record<string, unknown>>): claims is ZoneClaims {
	const { userId, userName, userEmail, orgId, orgSlug, agentId, role, exp } = claims;
	return (
		[userId, userEmail, orgId, orgSlug].every(text => typeof text === 'string') &&
		(userName === null || typeof userName === 'string') &&
		Number.isSafeInteger(agentId) &&
		ROLES.includes(role) &&
		// JSON's 1e999 is a number too: a token that never expires.
		Number.isFinite(exp)
	);
}

/** As a header can hold them: JSON's own escapes stand for whatever is not ASCII. */
export function claimsText(claims: ZoneClaims): string {
	return JSON.stringify(claims).replaceAll(
		/[^\x20-\x7e]/g,
		char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}
