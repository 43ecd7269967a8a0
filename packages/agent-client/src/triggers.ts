import type { CallOptions } from './call.ts';
import { configError, protocolError } from './errors.ts';
import { allPages } from './pages.ts';
import type { Settings } from './settings.ts';
import type { Transport } from './transport.ts';
import { pathSegment, readCallbackUrl } from './urls.ts';
import { deepFreeze, isRecord, type JsonRecord, present, readBoolean, readRecord, readText } from './wire.ts';

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

/** Parameters of the calls on one trigger. */
export interface TriggerParams extends CallOptions {
	readonly triggerId: string;
}

/** Parameters of `updateTrigger`. What is left out stays as it is. */
export interface UpdateTriggerParams extends TriggerParams {
	readonly name?: string | undefined;
	/** `sync` takes the callback URL away. */
	readonly mode?: TriggerMode | undefined;
	/** `null` takes it away: results are then polled. */
	readonly callbackUrl?: string | null | undefined;
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
	const { body } = await transport.json({ method: 'GET', path: pathOf(params), class: 'read' });
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

/**
 * Changes a trigger: `GET`, then `PATCH /api/triggers/{id}`. Whether the platform merges a configuration or
 * replaces it is not documented, so the whole of it is read and sent back. Admin or editor.
 */
export async function updateTrigger(
	transport: Transport,
	settings: Settings,
	params: UpdateTriggerParams,
): Promise<Trigger> {
	const path = pathOf(params);
	if (params.name !== undefined) readName(params.name);
	if (params.mode !== undefined) readMode(params.mode);
	const newCallbackUrl =
		typeof params.callbackUrl === 'string'
			? readCallbackUrl(params.callbackUrl, settings.urlPolicy)
			: params.callbackUrl;
	const { body: before } = await transport.json({ method: 'GET', path, class: 'read' });
	const current = readTrigger(before, settings);
	const name = params.name ?? current.name;
	const mode = params.mode ?? current.mode;
	if (mode === 'sync' && typeof newCallbackUrl === 'string') throw configError(CALLBACK_NEEDS_ASYNC);
	const asked = newCallbackUrl === undefined ? current.callbackUrl : (newCallbackUrl ?? undefined);
	const callbackUrl = mode === 'sync' ? undefined : asked;
	const config = readRecord(unwrap(before), 'trigger_config') ?? {};
	const { callback, ...execution } = readRecord(config, 'execution') ?? {};
	const keptCallback = callbackUrl !== undefined && callbackUrl === current.callbackUrl ? { callback } : {};
	const { body } = await transport.json({
		method: 'PATCH',
		path,
		class: 'side-effect',
		body: {
			name,
			trigger_config: {
				...config,
				execution: { ...execution, ...executionConfig(mode, callbackUrl), ...keptCallback },
			},
		},
	});
	const { callbackUrl: _before, ...kept } = current;
	return readTrigger(body, settings, { ...kept, name, mode, ...present({ callbackUrl }) });
}

/** Lets a trigger take dispatches again: `POST /api/triggers/{id}/enable`. */
export async function enableTrigger(transport: Transport, params: TriggerParams): Promise<void> {
	const path = `${pathOf(params)}/enable`;
	await transport.json({ method: 'POST', path, class: 'side-effect', mayBeEmpty: true });
}

/** Makes a trigger refuse dispatches: `POST /api/triggers/{id}/disable`. */
export async function disableTrigger(transport: Transport, params: TriggerParams): Promise<void> {
	const path = `${pathOf(params)}/disable`;
	await transport.json({ method: 'POST', path, class: 'side-effect', mayBeEmpty: true });
}

/** Deletes a trigger: `DELETE /api/triggers/{id}`. Already gone on a repeated attempt counts as deleted. */
export async function deleteTrigger(transport: Transport, params: TriggerParams): Promise<void> {
	await transport.json({
		method: 'DELETE',
		path: pathOf(params),
		class: 'side-effect',
		mayBeEmpty: true,
		goneWhenRepeatedIsDone: true,
	});
}

/** What a caller asks a trigger to be. */
export interface Wish {
	readonly agentId: string;
	readonly name: string;
	readonly mode: TriggerMode;
	readonly callbackUrl: string | undefined;
}

export function readWish(settings: Settings, params: CreateTriggerParams): Wish {
	pathSegment(params.agentId, 'agentId');
	const name = readName(params.name);
	const mode = readMode(params.mode ?? 'sync');
	if (params.callbackUrl !== undefined && mode === 'sync') throw configError(CALLBACK_NEEDS_ASYNC);
	const callbackUrl =
		params.callbackUrl === undefined ? undefined : readCallbackUrl(params.callbackUrl, settings.urlPolicy);
	return { agentId: params.agentId, name, mode, callbackUrl };
}

const CALLBACK_NEEDS_ASYNC = 'callbackUrl needs mode "async": a sync trigger answers in the dispatch itself.';

function readName(name: unknown): string {
	if (typeof name === 'string' && name !== '') return name;
	throw configError('name is empty: give the trigger a name to find it by.');
}

function readMode(mode: unknown): TriggerMode {
	if (mode === 'sync' || mode === 'async') return mode;
	throw configError('mode must be "sync" or "async".');
}

function executionConfig(mode: TriggerMode, callbackUrl: string | undefined) {
	return { mode, ...present({ callback: callbackUrl && { url: callbackUrl, method: 'POST' } }) };
}

/** An answer about one object comes in `data`, beside it or at the root. */
function unwrap(body: unknown): JsonRecord {
	const root = isRecord(body) ? body : {};
	return readRecord(root, 'data') ?? root;
}

/** @param asked what was asked for, where the answer does not repeat it */
function readTrigger(
	body: unknown,
	settings: Settings,
	asked: { readonly [Field in keyof Trigger]?: Trigger[Field] | undefined } = {},
): Trigger {
	const root = isRecord(body) ? body : {};
	const data = unwrap(body);
	const triggerId = readText(data, 'id', 'trigger_id') ?? asked.triggerId;
	if (triggerId === undefined) throw protocolError('The answer names no trigger.', { effect: 'unknown' });
	const execution = readRecord(readRecord(data, 'trigger_config') ?? {}, 'execution');
	const callback = readRecord(execution ?? {}, 'callback') ?? {};
	const mode = readText(execution ?? {}, 'mode');
	return deepFreeze({
		triggerId,
		name: readText(data, 'name') ?? asked.name ?? '',
		type: readText(data, 'trigger_type', 'type') ?? asked.type ?? 'webhook',
		mode: mode === 'async' || mode === 'sync' ? mode : (asked.mode ?? 'sync'),
		enabled: readBoolean(data, 'enabled') ?? asked.enabled ?? true,
		webhookUrl:
			readText(data, 'webhook_url') ??
			readText(root, 'webhook_url') ??
			`${settings.baseUrl}${webhookPath(triggerId)}`,
		...present({
			agentId: readText(data, 'agent_id') ?? asked.agentId,
			callbackUrl: execution === undefined ? asked.callbackUrl : readText(callback, 'url'),
			webhookSecret: readText(data, 'webhook_secret') ?? readText(root, 'webhook_secret'),
			createdAt: readText(data, 'created_at') ?? asked.createdAt,
		}),
	});
}

/** Where a trigger is dispatched to. Built from our own base URL, never from a URL that the server sent. */
export function webhookPath(triggerId: string): string {
	return `${PATH}/webhook/${pathSegment(triggerId, 'triggerId')}`;
}

function pathOf({ triggerId }: TriggerParams): string {
	return `${PATH}/${pathSegment(triggerId, 'triggerId')}`;
}
