import { DEFAULT_TOKEN_LIFETIME_SECONDS, type MintOptions } from './tokens.ts';
import type { Zone } from './zones.ts';

const MEMBER: MintOptions = { role: 'member', expiresInSeconds: DEFAULT_TOKEN_LIFETIME_SECONDS };

/** Who is in front of each zone app, and how long the tokens last that come with their requests. */
export class Visitors {
	readonly #chosen = new Map<Zone, MintOptions>();

	of(zone: Zone): MintOptions {
		return this.#chosen.get(zone) ?? MEMBER;
	}

	choose(zone: Zone, visitor: MintOptions): void {
		this.#chosen.set(zone, visitor);
	}
}
