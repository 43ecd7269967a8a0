import { Hono } from 'hono';
import type { Agent } from './agents.ts';
import { agentById } from './agents.ts';
import { requires } from './auth.ts';
import type { Background } from './background.ts';
import { readJson } from './body.ts';
import type { SandboxEnv } from './env.ts';
import type { Executions } from './executions.ts';
import { SANDBOX_TENANT_ID } from './seed.ts';
import type { Sessions } from './sessions.ts';
import { type SseEvent, sseStream } from './sse.ts';
import { type StreamEventData, type StreamEventName, StreamRequest } from './stream-schema.ts';
import { runTurn, type Turn, type TurnEvent } from './turn.ts';
import { wireUsage } from './usage.ts';

/** The platform's own limit for a chat turn. */
const DEADLINE_MS = 150_000;

export interface StreamDependencies {
	readonly agents: readonly Agent[];
	readonly sessions: Sessions;
	readonly executions: Executions;
	readonly background: Background;
}

export function streamRoutes({ agents, sessions, executions, background }: StreamDependencies) {
	const routes = new Hono<SandboxEnv>();

	routes.post('/:agentId/stream', requires('agents:chat'), async c => {
		const body = await readJson(c, StreamRequest);
		const agent = agentById(agents, c.req.param('agentId'));
		const sent = body.session_id?.toLowerCase();
		if (sent !== undefined) sessions.continue(sent, agent.id);
		const sessionId = sent ?? sessions.mint(agent.id);
		const executionId = executions.add({
			agentId: agent.id,
			sessionId,
			triggerId: null,
			message: body.message,
			input: body,
			model: agent.engine.model,
		});
		const turn: Turn = {
			executionId,
			agent,
			sessionId,
			message: body.message,
			maxTokens: body.options?.max_tokens,
			deadlineMs: Math.min(body.options?.timeout_ms ?? DEADLINE_MS, DEADLINE_MS),
			caller: c.req.raw.signal,
			stopping: background.stopping,
		};
		const opening: SseEvent[] = [
			event('metadata', {
				request_id: c.get('requestId'),
				agent_id: agent.id,
				session_id: sent ?? null,
				tenant_id: SANDBOX_TENANT_ID,
			}),
			event('status', { phase: 'STARTING', timestamp: new Date().toISOString() }),
			event('session', { session_id: sessionId }),
			...unread(body.attachments?.length ?? 0),
			event('phase', { phase: 'EXECUTE' }),
		];
		c.header('Content-Type', 'text/event-stream; charset=utf-8');
		return c.body(sseStream(wireEvents(opening, turn, runTurn(executions, turn), c.get('requestId'))));
	});

	return routes;
}

async function* wireEvents(
	opening: readonly SseEvent[],
	turn: Turn,
	events: AsyncGenerator<TurnEvent>,
	requestId: string,
): AsyncGenerator<SseEvent> {
	const startedAt = performance.now();
	yield* opening;
	for await (const each of events) {
		if (each.type === 'token') yield event('token', { content: each.content });
		else if (each.type === 'tool') {
			const { tool, callId, success, summary } = each;
			yield event('tool', { tool, call_id: callId, success, result_summary: summary });
		} else if (each.type === 'response') {
			const { content, sources } = each;
			yield event('response', { content, session_id: turn.sessionId, sources: [...sources] });
		} else {
			yield* closing(turn, each, Math.round(performance.now() - startedAt), requestId);
		}
	}
}

function* closing(
	turn: Turn,
	{ end, usage }: Extract<TurnEvent, { type: 'end' }>,
	elapsedMs: number,
	requestId: string,
): Generator<SseEvent> {
	if (end.status === 'failed' || end.status === 'cancelled') {
		yield event('error', { error: { ...end.error, request_id: requestId } });
		return;
	}
	yield event('metrics', {
		usage: wireUsage(usage),
		model_config: { model: turn.agent.engine.model },
		execution_id: turn.executionId,
		iterations: 1,
		execution_time_ms: elapsedMs,
	});
	if (end.status === 'completed') yield event('done', { outcome: 'COMPLETED' });
	else yield event('done', { outcome: 'TIMEOUT', timed_out: true, timeout_clock: 'turn' });
}

/** An engine that cannot look at what was attached has to say so. */
function unread(attachments: number): SseEvent[] {
	if (attachments === 0) return [];
	return [event('warning', { message: `This agent does not read attachments (${attachments} given).` })];
}

function event<Name extends StreamEventName>(name: Name, data: StreamEventData<Name>): SseEvent {
	return { event: name, data };
}
