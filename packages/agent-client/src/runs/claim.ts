import { withCallbackToken } from '../callbacks/token.ts';
import type { CallOptions, Trigger } from '../core.ts';
import type { WebCrypto } from '../web-crypto.ts';
import { underWay, unlisted } from './errors.ts';
import { closeQuietly, type DispatchedRun, lookForRun, lookOrClose, type RunClient } from './look.ts';
import { sweep } from './sweep.ts';
import { hex, triggersOfRun } from './trigger.ts';

/** Which run it is. */
export interface RunIdentity {
	readonly agentId: string;
	/** The name of its triggers. */
	readonly name: string;
	readonly callbackUrl: string | undefined;
}

/**
 * Finds the run where an earlier start has dispatched it, or else makes the one trigger through which it may be
 * dispatched now. Triggers of earlier starts that died, or are only slow, are closed first.
 */
export async function claimRun(
	crypto: WebCrypto,
	client: RunClient,
	call: CallOptions,
	run: RunIdentity,
): Promise<DispatchedRun | Trigger> {
	const listed = await client.listTriggers(call);
	const earlier = triggersOfRun(listed, run);
	const found = await lookOrClose(client, call, earlier);
	if (found !== undefined) return found;
	await sweep(client, call, listed);
	const { agentId, name } = run;
	const callbackUrl = run.callbackUrl && withCallbackToken(run.callbackUrl, randomToken(crypto));
	const made = await client.createTrigger({ ...call, agentId, name, mode: 'async', callbackUrl });
	// As it was asked for: the platform may show the URL in another spelling.
	const ours = callbackUrl === undefined ? made : { ...made, callbackUrl };
	return (await findRival(client, call, run, ours)) ?? ours;
}

/** 128 bits. */
function randomToken(crypto: WebCrypto): string {
	return hex(crypto.getRandomValues(new Uint8Array(16)));
}

/**
 * Looks for another start that came between our first look and the making of our trigger. Of several open
 * triggers only the oldest may dispatch: who made a younger one sees the older ones, and stands back.
 * @returns the run that it has dispatched; nothing when ours is the oldest
 */
async function findRival(
	client: RunClient,
	call: CallOptions,
	run: RunIdentity,
	ours: Trigger,
): Promise<DispatchedRun | undefined> {
	const now = triggersOfRun(await client.listTriggers(call), run);
	const place = now.findIndex(({ triggerId }) => triggerId === ours.triggerId);
	const older = now.slice(0, Math.max(place, 0));
	const found = await lookForRun(client, call, older);
	const isOldest = place >= 0 && older.every(({ enabled }) => !enabled);
	if (found === undefined && isOldest) return undefined;
	await closeQuietly(client, call, ours.triggerId);
	if (found !== undefined) return found;
	throw place < 0 ? unlisted() : underWay();
}
