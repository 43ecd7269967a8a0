import { type AgentStream, createAgentStream } from './agent-stream.ts';
import type { CallOptions, CallRunner } from './call.ts';
import type { AgentResult } from './chunks.ts';
import { configError, protocolError } from './errors.ts';
import { allPages } from './pages.ts';
import type { Settings } from './settings.ts';
import type { Transport, WireRequest } from './transport.ts';
import { openTurn, type TurnReader } from './turn-reader.ts';
import { pathSegment } from './urls.ts';
import { deepFreeze, isRecord, present, readList, readNumber, readText } from './wire.ts';

/** An agent of the key's tenant. */
export interface Agent {
	readonly id: string;
	readonly name: string;
	readonly commercialName?: string;
	readonly bio?: string;
	/** Such as `assistant` or `orchestrator`. */
	readonly type?: string;
	/** `draft`, `published` or `archived`. */
	readonly status?: string;
	readonly tags?: readonly string[];
	readonly toolsCount?: number;
}

/** Parameters of {@link listAgents}. */
export type ListAgentsParams = CallOptions;

/** Lists the agents of the key's tenant: `GET /api/v2/agents`. Any role. */
export async function listAgents(transport: Transport): Promise<readonly Agent[]> {
	return allPages(transport, '/api/v2/agents', readAgent);
}

function readAgent(item: unknown): Agent {
	const id = isRecord(item) ? readText(item, 'id') : undefined;
	if (!isRecord(item) || id === undefined) throw protocolError('An agent in the list has no id.');
	return deepFreeze({
		id,
		name: readText(item, 'name') ?? id,
		...present({
			commercialName: readText(item, 'commercial_name', 'commercialName'),
			bio: readText(item, 'bio'),
			type: readText(item, 'type'),
			status: readText(item, 'status'),
			tags: readList(item, 'tags')?.filter(tag => typeof tag === 'string'),
			toolsCount: readNumber(item, 'tools_count', 'toolsCount') ?? readList(item, 'tools')?.length,
		}),
	});
}

/** A file for the agent: a public URL or a base64 data URI. */
export interface Attachment {
	readonly url: string;
	/** `image`, `audio` or `document`; the platform detects it when absent. */
	readonly type?: string | undefined;
	readonly filename?: string | undefined;
}

/** Parameters of `invokeAgent` and `streamAgent`. */
export interface InvokeAgentParams extends CallOptions {
	readonly agentId: string;
	/** The user's message, sent as it is. */
	readonly message: string;
	/** Continues a conversation; absent or empty starts one. */
	readonly sessionId?: string | undefined;
	readonly temperature?: number | undefined;
	/** The most tokens that the answer may have. */
	readonly maxTokens?: number | undefined;
	readonly attachments?: readonly Attachment[] | undefined;
	/** Ids of your own that the platform stores with the turn. */
	readonly metadata?: { readonly traceId?: string | undefined; readonly correlationId?: string | undefined };
	/** Adds every event of the stream to the result, as `rawEvents`. Default false. */
	readonly includeRawEvents?: boolean | undefined;
}

/** Invokes an agent and waits for its answer: `POST /api/v2/agents/{id}/stream`, consolidated. Any role. */
export async function invokeAgent(
	transport: Transport,
	settings: Settings,
	params: InvokeAgentParams,
): Promise<AgentResult> {
	const turn = await openInvocation(transport, settings, params, false);
	try {
		while (turn.accept(await turn.read())) turn.takeChunks();
		return turn.result();
	} catch (cause) {
		throw turn.fail(cause);
	}
}

/**
 * The same as an iterable of chunks. When the turn fails the iteration throws, after the chunks before the
 * fault; leaving the loop early closes the connection, which cancels the turn on the platform.
 */
export function streamAgent(calls: CallRunner, settings: Settings, params: InvokeAgentParams): AgentStream {
	return createAgentStream(calls, params, transport => openInvocation(transport, settings, params, true));
}

function openInvocation(
	transport: Transport,
	settings: Settings,
	params: InvokeAgentParams,
	tokens: boolean,
): Promise<TurnReader> {
	return openTurn(transport, settings, invocation(params), {
		includeRawEvents: params.includeRawEvents === true,
		tokens,
		sessionId: params.sessionId || undefined,
	});
}

function invocation(params: InvokeAgentParams): WireRequest {
	const agent = pathSegment(params.agentId, 'agentId');
	if (typeof params.message !== 'string' || params.message === '') {
		throw configError('message is empty: write what the agent should do.');
	}
	if (params.sessionId !== undefined && typeof params.sessionId !== 'string') {
		throw configError('sessionId must be a text.');
	}
	const options = present({
		temperature: readAmount(params.temperature, 'temperature'),
		max_tokens: readAmount(params.maxTokens, 'maxTokens'),
	});
	const metadata = present({
		trace_id: params.metadata?.traceId,
		correlation_id: params.metadata?.correlationId,
	});
	return {
		method: 'POST',
		path: `/api/v2/agents/${agent}/stream`,
		class: 'side-effect',
		body: {
			message: params.message,
			...present({
				session_id: params.sessionId || undefined,
				attachments: params.attachments,
				options: unlessEmpty(options),
				metadata: unlessEmpty(metadata),
			}),
		},
	};
}

function readAmount(value: unknown, name: string): number | undefined {
	if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= 0))
		return value;
	throw configError(`${name} must be a number, 0 or more.`);
}

function unlessEmpty<T extends object>(fields: T): T | undefined {
	return Object.keys(fields).length === 0 ? undefined : fields;
}
