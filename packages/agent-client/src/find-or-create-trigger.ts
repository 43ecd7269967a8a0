import { configError, ZihinAgentError } from './errors.ts';
import type { Settings } from './settings.ts';
import type { Transport } from './transport.ts';
import {
	type CreateTriggerParams,
	createTrigger,
	listTriggers,
	readWish,
	type Trigger,
	updateTrigger,
	type Wish,
} from './triggers.ts';

/** Parameters of `findOrCreateTrigger`. */
export interface FindOrCreateTriggerParams extends CreateTriggerParams {
	/**
	 * What to do when a trigger of that name has another mode or callback URL: fail with a `config` error
	 * (default), take it as it is, or change it.
	 */
	readonly onMismatch?: 'error' | 'reuse' | 'update' | undefined;
}

/** What `findOrCreateTrigger` returns. */
export interface FoundTrigger extends Trigger {
	/** Whether this call made it. */
	readonly created: boolean;
}

/** The calls of one client that are under way, by agent and name. */
export type TriggersInFlight = Map<string, Promise<FoundTrigger>>;

/**
 * Finds a trigger by agent and exact name, or makes it. The platform does not keep names unique: of several the
 * oldest wins, and two processes that call this at the same moment may still make two.
 */
export async function findOrCreateTrigger(
	transport: Transport,
	settings: Settings,
	inFlight: TriggersInFlight,
	params: FindOrCreateTriggerParams,
): Promise<FoundTrigger> {
	const wish = readWish(settings, params);
	const key = JSON.stringify([wish.agentId, wish.name]);
	let found: FoundTrigger | undefined;
	while (found === undefined) {
		const underWay = inFlight.get(key);
		if (underWay === undefined) {
			const provisioning = provision(transport, settings, params, wish);
			inFlight.set(key, provisioning);
			try {
				found = await provisioning;
			} finally {
				inFlight.delete(key);
			}
		} else {
			// Of several that wait for a call which is cut short, one goes on and the others wait for it.
			found = await transport.within(resultOf(underWay));
		}
	}
	const difference = differenceOf(found, wish);
	if (difference === undefined || params.onMismatch === 'reuse') return found;
	if (params.onMismatch === 'update') {
		const { mode, callbackUrl = null } = wish;
		const updated = await updateTrigger(transport, settings, {
			triggerId: found.triggerId,
			mode,
			...(mode === 'async' ? { callbackUrl } : {}),
		});
		return { ...updated, created: found.created };
	}
	throw configError(
		`The trigger "${wish.name}" exists with ${difference}. Use another name, or onMismatch "reuse" or "update".`,
	);
}

/** What another call found; nothing when it was cut short by its own caller, which is no reason to fail here. */
async function resultOf(underWay: Promise<FoundTrigger>): Promise<FoundTrigger | undefined> {
	try {
		return { ...(await underWay), created: false };
	} catch (cause) {
		if (ZihinAgentError.is(cause) && (cause.kind === 'aborted' || cause.kind === 'timeout')) return undefined;
		throw cause;
	}
}

async function provision(
	transport: Transport,
	settings: Settings,
	params: FindOrCreateTriggerParams,
	wish: Wish,
): Promise<FoundTrigger> {
	const candidates = (await listTriggers(transport, settings, { agentId: wish.agentId })).filter(
		({ name, type, enabled }) => name === wish.name && type === 'webhook' && enabled,
	);
	const oldest = candidates.reduce<Trigger | undefined>((first, next) => {
		// Lists come newest first; without dates the last one is the oldest.
		return first === undefined || (next.createdAt ?? '') <= (first.createdAt ?? '') ? next : first;
	}, undefined);
	if (oldest !== undefined) return { ...oldest, created: false };
	return { ...(await createTrigger(transport, settings, params)), created: true };
}

function differenceOf(trigger: Trigger, wish: Wish): string | undefined {
	if (trigger.mode !== wish.mode) return `mode "${trigger.mode}" instead of "${wish.mode}"`;
	if (trigger.callbackUrl === wish.callbackUrl) return undefined;
	// The URLs themselves stay out: a callback's query may hold a token.
	if (trigger.callbackUrl === undefined) return 'no callback URL';
	return wish.callbackUrl === undefined ? 'a callback URL' : 'another callback URL';
}
