import type { Context } from 'hono';
import type { SandboxEnv } from '../env.ts';
import { WireError } from '../error-envelope.ts';
import { verifiedZoneToken } from './tokens.ts';
import type { Zone } from './zones.ts';

/** Who may do what on the other platform. Each throws 401 for a caller who is nobody, 403 for one of another agent. */
export class Callers {
	readonly #zones: readonly Zone[];

	constructor(zones: readonly Zone[]) {
		this.#zones = zones;
	}

	/** The zone app, with the token that its request came with; the path names the agent. */
	async zoneApp(c: Context<SandboxEnv>): Promise<{ zone: Zone; userId: string }> {
		const { zone, userId } = await verifiedZoneToken(bearerOf(c), this.#zones);
		return { zone: this.#inPath(c, zone), userId };
	}

	/** Whoever starts or reports runs from outside, with the ingest key; the path names the agent. */
	reporter(c: Context<SandboxEnv>): Zone {
		return this.#inPath(c, this.#holder(c, 'ingestApiKey'));
	}

	/** The agent's runtime, with the agent key. */
	runtime(c: Context<SandboxEnv>): Zone {
		return this.#holder(c, 'agentApiKey');
	}

	#holder(c: Context<SandboxEnv>, key: 'ingestApiKey' | 'agentApiKey'): Zone {
		const bearer = bearerOf(c);
		const zone = this.#zones.find(candidate => candidate[key] === bearer);
		if (zone) return zone;
		throw new WireError(401, 'UNAUTHORIZED', 'Invalid API key.');
	}

	#inPath(c: Context<SandboxEnv>, own: Zone): Zone {
		const named = this.#zones.find(({ agentId }) => String(agentId) === c.req.param('agentId'));
		if (!named) throw new WireError(404, 'NOT_FOUND', 'There is no such agent.');
		if (named !== own) throw new WireError(403, 'FORBIDDEN', 'This token or key belongs to another agent.');
		return own;
	}
}

function bearerOf(c: Context<SandboxEnv>): string {
	const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
	if (bearer === undefined) throw new WireError(401, 'UNAUTHORIZED', 'Send Authorization: Bearer.');
	return bearer;
}
