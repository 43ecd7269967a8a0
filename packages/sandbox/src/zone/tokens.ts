import { decode, sign, verify } from 'hono/jwt';
import { WireError } from '../error-envelope.ts';
import { ORG, type Zone, type ZoneRole } from './zones.ts';

export const DEFAULT_TOKEN_LIFETIME_SECONDS = 60;
export const CREDENTIALS_TOKEN_SECONDS = 3_600;

export interface ZoneClaims {
	readonly userId: string;
	readonly userName: string | null;
	readonly userEmail: string;
	readonly orgId: string;
	readonly orgSlug: string;
	readonly agentId: number;
	readonly role: ZoneRole;
	readonly aud: string;
	readonly iat: number;
	readonly exp: number;
}

export interface MintOptions extends Partial<Pick<ZoneClaims, 'userId' | 'userName' | 'userEmail'>> {
	readonly role: ZoneRole;
	/** Negative for a token that has expired. */
	readonly expiresInSeconds: number;
}

/** A token as the platform puts it into every request that it passes to the zone. */
export async function mintZoneToken(
	zone: Zone,
	{ role, expiresInSeconds, ...user }: MintOptions,
): Promise<{ token: string; claims: ZoneClaims }> {
	const now = Math.floor(Date.now() / 1000);
	const claims = {
		...ORG.members[role],
		...user,
		orgId: ORG.id,
		orgSlug: ORG.slug,
		agentId: zone.agentId,
		role,
		aud: zone.audience,
		iat: Math.min(now, now + expiresInSeconds),
		exp: now + expiresInSeconds,
	};
	return { token: await sign(claims, zone.secrets.current, 'HS256'), claims };
}

/**
 * Whose token this is. It is looked at when a call begins: a call that takes longer than the token lives goes on.
 *
 * @throws {WireError} 401, without a word on what is wrong with it.
 */
export async function verifiedZoneToken(
	token: string,
	zones: readonly Zone[],
): Promise<{ zone: Zone; userId: string }> {
	const zone = zones.find(({ agentId }) => agentId === claimed(token)?.agentId);
	const checks = (zone?.secrets.accepted ?? []).map(secret => checked(token, secret, zone?.audience));
	const claims = (await Promise.all(checks)).find(found => found !== undefined);
	if (!zone || typeof claims?.exp !== 'number' || typeof claims.userId !== 'string') {
		throw new WireError(401, 'UNAUTHORIZED', 'Invalid or expired zone token.');
	}
	return { zone, userId: claims.userId };
}

/** Opens the credentials of one run's agent, for an hour. */
export function mintCredentialsToken(zone: Zone, runId: number): Promise<string> {
	const exp = Math.floor(Date.now() / 1000) + CREDENTIALS_TOKEN_SECONDS;
	return sign({ agentId: zone.agentId, runId, exp }, zone.credentialsSecret, 'HS256');
}

export async function isCredentialsToken(token: string, zone: Zone): Promise<boolean> {
	return (await checked(token, zone.credentialsSecret))?.agentId === zone.agentId;
}

function claimed(token: string) {
	try {
		return decode(token).payload;
	} catch {
		return undefined;
	}
}

async function checked(token: string, secret: string, aud?: string) {
	try {
		return await verify(token, secret, { alg: 'HS256', ...(aud !== undefined && { aud }) });
	} catch {
		return undefined;
	}
}
