import { SignJWT } from 'jose';
import type { ZoneClaims } from './zone/claims.ts';

export interface MintOptions {
	/** What the zone under test verifies with. */
	readonly secret: string;
	readonly audience: string;
	/** In place of the ones of a member called Ana. */
	readonly claims?: Partial<ZoneClaims>;
	/** How long the token is valid from now on; negative for one that has expired. Default 60. */
	readonly expiresInSeconds?: number;
}

/** A zone token as the platform mints it, for the tests of a zone. */
export async function mintZoneToken(options: MintOptions): Promise<string> {
	const { secret, audience, claims = {}, expiresInSeconds = 60 } = options;
	const now = Math.floor(Date.now() / 1000);
	return new SignJWT({
		userId: 'user-1',
		userName: 'Ana',
		userEmail: 'ana@example.com',
		orgId: 'org-1',
		orgSlug: 'acme',
		agentId: 1,
		role: 'member',
		aud: audience,
		iat: now,
		exp: now + expiresInSeconds,
		...claims,
	})
		.setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
		.sign(new TextEncoder().encode(secret));
}
