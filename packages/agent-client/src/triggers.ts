import type { CallOptions } from './call.ts';
import { configError, protocolError, ZihinAgentError } from './errors.ts';
import { allPages } from './pages.ts';
import type { Settings } from './settings.ts';
import type { Transport } from './transport.ts';
import { pathSegment, readCallbackUrl } from './urls.ts';
import { isRecord, type JsonRecord, present, readBoolean, readRecord, readText } from './wire.ts';

/** `sync`: a dispatch answers with the result. `async`: it answers at once, the result comes later. */
export type TriggerMode = 'sync' | 'async';

/** A webhook that is bound to an agent. */
export interface Trigger {
	readonly triggerId: string;
	readonly agentId?: string;
	/** Not unique on the platform. */
	readonly name: string;
	/** `webhook`, `schedule` or `email`. */
	readonly type: string;
	readonly mode: TriggerMode;
	/** Where results are delivered, in async mode. */
	readonly callbackUrl?: string;
	readonly enabled: boolean;
	/** Where the webhook is called. This client never sends the key there: it builds the address itself. */
	readonly webhookUrl: string;
	/** Shown by the platform only when the trigger is created. */
	readonly webhookSecret?: string;
	/** ISO 8601. */
	readonly createdAt?: string;
}

/** Parameters of `createTrigger`. */
export interface CreateTriggerParams extends CallOptions {
	readonly agentId: string;
	readonly name: string;
	/** Default `sync`, as on the platform. */
	readonly mode?: TriggerMode | undefined;
	/** A public https URL, for async mode. Without it the result is polled. */
	readonly callbackUrl?: string | undefined;
}

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

/** Parameters of `getTrigger` and `deleteTrigger`. */
export interface TriggerParams extends CallOptions {
	readonly triggerId: string;
}

/** Parameters of `listTriggers`. */
export interface ListTriggersParams extends CallOptions {
	/** Only this agent's. */
	readonly agentId?: string | undefined;
}

const PATH = '/api/triggers';

/** Lists triggers, all pages: `GET /api/triggers`. */
export async function listTriggers(
	transport: Transport,
	settings: Settings,
	params: ListTriggersParams,
): Promise<readonly Trigger[]> {
	const triggers = await allPages(transport, PATH, item => readTrigger(item, settings));
	return params.agentId === undefined
		? triggers
		: triggers.filter(({ agentId }) => agentId === params.agentId);
}

/** Reads one trigger: `GET /api/triggers/{id}`. */
export async function getTrigger(
	transport: Transport,
	settings: Settings,
	params: TriggerParams,
): Promise<Trigger> {
	const path = `${PATH}/${pathSegment(params.triggerId, 'triggerId')}`;
	const { body } = await transport.json({ method: 'GET', path, class: 'read' });
	return readTrigger(body, settings);
}

/** Makes a webhook trigger: `POST /api/triggers`. Needs an admin or editor key. */
export async function createTrigger(
	transport: Transport,
	settings: Settings,
	params: CreateTriggerParams,
): Promise<Trigger> {
	const { agentId, name, mode, callbackUrl } = readWish(settings, params);
	const { body } = await transport.json({
		method: 'POST',
		path: PATH,
		class: 'side-effect',
		body: {
			agent_id: agentId,
			name,
			trigger_type: 'webhook',
			trigger_config: {
				auth: { type: 'api_key' },
				query_extraction: { mode: 'field', field: 'message' },
				response_adapter: { format: 'raw' },
				execution: executionConfig(mode, callbackUrl),
			},
		},
	});
	return readTrigger(body, settings, { agentId, name, mode, callbackUrl });
}

/** Deletes a trigger: `DELETE /api/triggers/{id}`. Already gone on a repeated attempt counts as deleted. */
export async function deleteTrigger(transport: Transport, params: TriggerParams): Promise<void> {
	const path = `${PATH}/${pathSegment(params.triggerId, 'triggerId')}`;
	await transport.json({ method: 'DELETE', path, class: 'side-effect', goneWhenRepeatedIsDone: true });
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
		const { callbackUrl: _before, ...kept } = found;
		return { ...kept, ...(await update(transport, settings, found, wish)) };
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

async function update(
	transport: Transport,
	settings: Settings,
	trigger: Trigger,
	wish: Wish,
): Promise<Trigger> {
	const path = `${PATH}/${pathSegment(trigger.triggerId, 'triggerId')}`;
	const { body: before } = await transport.json({ method: 'GET', path, class: 'read' });
	const config = readRecord(unwrap(before), 'trigger_config') ?? {};
	const { body } = await transport.json({
		method: 'PATCH',
		path,
		class: 'side-effect',
		body: { trigger_config: { ...config, execution: executionConfig(wish.mode, wish.callbackUrl) } },
	});
	return readTrigger(body, settings, wish);
}

/** What a caller asks a trigger to be. */
interface Wish {
	readonly agentId: string;
	readonly name: string;
	readonly mode: TriggerMode;
	readonly callbackUrl: string | undefined;
}

function readWish(settings: Settings, params: CreateTriggerParams): Wish {
	pathSegment(params.agentId, 'agentId');
	if (typeof params.name !== 'string' || params.name === '') {
		throw configError('name is empty: give the trigger a name to find it by.');
	}
	const mode = params.mode ?? 'sync';
	if (mode !== 'sync' && mode !== 'async') throw configError('mode must be "sync" or "async".');
	if (params.callbackUrl !== undefined && mode === 'sync') {
		throw configError('callbackUrl needs mode "async": a sync trigger answers in the dispatch itself.');
	}
	const callbackUrl =
		params.callbackUrl === undefined ? undefined : readCallbackUrl(params.callbackUrl, settings.urlPolicy);
	return { agentId: params.agentId, name: params.name, mode, callbackUrl };
}

function executionConfig(mode: TriggerMode, callbackUrl: string | undefined) {
	return { mode, ...present({ callback: callbackUrl && { url: callbackUrl, method: 'POST' } }) };
}

function differenceOf(trigger: Trigger, wish: Wish): string | undefined {
	if (trigger.mode !== wish.mode) return `mode "${trigger.mode}" instead of "${wish.mode}"`;
	if (trigger.callbackUrl === wish.callbackUrl) return undefined;
	// The URLs themselves stay out: a callback's query may hold a token.
	if (trigger.callbackUrl === undefined) return 'no callback URL';
	return wish.callbackUrl === undefined ? 'a callback URL' : 'another callback URL';
}

/** An answer about one object comes in `data`, beside it or at the root. */
function unwrap(body: unknown): JsonRecord {
	const root = isRecord(body) ? body : {};
	return readRecord(root, 'data') ?? root;
}

function readTrigger(body: unknown, settings: Settings, asked?: Wish): Trigger {
	const root = isRecord(body) ? body : {};
	const data = unwrap(body);
	const triggerId = readText(data, 'id', 'trigger_id');
	if (triggerId === undefined) throw protocolError('The answer names no trigger.', { effect: 'unknown' });
	const execution = readRecord(readRecord(data, 'trigger_config') ?? {}, 'execution');
	const callback = readRecord(execution ?? {}, 'callback') ?? {};
	const mode = readText(execution ?? {}, 'mode');
	return Object.freeze({
		triggerId,
		name: readText(data, 'name') ?? asked?.name ?? '',
		type: readText(data, 'trigger_type', 'type') ?? 'webhook',
		mode: mode === 'async' || mode === 'sync' ? mode : (asked?.mode ?? 'sync'),
		enabled: readBoolean(data, 'enabled') ?? true,
		webhookUrl:
			readText(data, 'webhook_url') ??
			readText(root, 'webhook_url') ??
			`${settings.baseUrl}${webhookPath(triggerId)}`,
		...present({
			agentId: readText(data, 'agent_id') ?? asked?.agentId,
			callbackUrl: execution === undefined ? asked?.callbackUrl : readText(callback, 'url'),
			webhookSecret: readText(data, 'webhook_secret') ?? readText(root, 'webhook_secret'),
			createdAt: readText(data, 'created_at'),
		}),
	});
}

/** Where a trigger is dispatched to. Built from our own base URL, never from a URL that the server sent. */
export function webhookPath(triggerId: string): string {
	return `${PATH}/webhook/${pathSegment(triggerId, 'triggerId')}`;
}
