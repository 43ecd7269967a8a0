import type { DatabaseSync } from 'node:sqlite';
import { Hono } from 'hono';
import type { Agent } from './agents.ts';
import { agentById } from './agents.ts';
import { requires } from './auth.ts';
import type { Background } from './background.ts';
import { readJson } from './body.ts';
import { transaction } from './database.ts';
import type { SandboxEnv } from './env.ts';
import { WireError } from './error-envelope.ts';
import type { Executions } from './executions.ts';
import type { Profile } from './profile.ts';
import { SANDBOX_TENANT_ID } from './seed.ts';
import type { Sessions } from './sessions.ts';
import { answerWithFrames } from './sse.ts';
import { connectionOf } from './stream-connection.ts';
import { STREAM_FAULTS, withStreamFault } from './stream-faults.ts';
import { STREAM_GENERATIONS, type StreamEvent, type StreamGeneration } from './stream-generation.ts';
import { StreamRequest } from './stream-schema.ts';
import { tellInFrames } from './streamed-turn.ts';
import { runTurn, type Turn, type TurnObserver } from './turn.ts';

/** The platform's own limit for a chat turn. */
const DEADLINE_MS = 150_000;

export interface StreamDependencies {
	readonly database: DatabaseSync;
	readonly agents: readonly Agent[];
	readonly sessions: Sessions;
	readonly executions: Executions;
	readonly background: Background;
	readonly profile: Profile;
	readonly activity: TurnObserver;
	/** Milliseconds between comments in a stream in which nothing happens. Default 15 seconds. */
	readonly keepAliveMs?: number;
}

export function streamRoutes(dependencies: StreamDependencies) {
	const { database, agents, sessions, executions, background, profile, activity, keepAliveMs } = dependencies;
	const routes = new Hono<SandboxEnv>();

	routes.post('/:agentId/stream', requires('agents:chat'), async c => {
		const generation = generationOf(c.req.header('x-sandbox-stream'), profile.streamGeneration);
		const body = await readJson(c, StreamRequest);
		const agent = agentById(agents, c.req.param('agentId'));
		const sent = body.session_id?.toLowerCase();
		// Together, because each commit to a file waits for the disk.
		const { sessionId, executionId } = transaction(database, () => {
			if (sent !== undefined) sessions.continue(sent, agent.id);
			const sessionId = sent ?? sessions.mint(agent.id);
			const executionId = executions.add({
				agentId: agent.id,
				sessionId,
				triggerId: null,
				message: body.message,
				input: body,
				model: agent.engine.model,
				begins: true,
			});
			return { sessionId, executionId };
		});
		c.set('executionId', executionId);
		const fault = c.get('faults').take(agent.id, STREAM_FAULTS)?.name;
		const connection = connectionOf(c.env);
		const turn: Turn = {
			executionId,
			agent: fault ? { ...agent, engine: withStreamFault(agent.engine, fault) } : agent,
			sessionId,
			message: body.message,
			maxTokens: body.options?.max_tokens,
			temperature: body.options?.temperature,
			deadlineMs: Math.min(body.options?.timeout_ms ?? DEADLINE_MS, DEADLINE_MS),
			caller: connection.left,
			stopping: background.stopping,
			observer: activity,
			streamed: true,
		};
		const requestId = c.get('requestId');
		const opening: StreamEvent[] = [
			{
				name: 'metadata',
				data: {
					request_id: requestId,
					agent_id: agent.id,
					session_id: sent ?? null,
					tenant_id: SANDBOX_TENANT_ID,
				},
			},
			{ name: 'status', data: { phase: 'STARTING', timestamp: new Date().toISOString() } },
			{ name: 'session', data: { session_id: sessionId } },
			...unread(agent, body.attachments?.length ?? 0),
			{ name: 'phase', data: { phase: 'EXECUTE' } },
		];
		// A closing sandbox must not drop the connection before its caller was told how the turn ended.
		background.waitAtTheEnd(connection.closed);
		const streamed = { turn, opening, requestId, generation, connection };
		return answerWithFrames(c, sink => runTurn(executions, turn, tellInFrames(streamed, sink)), keepAliveMs);
	});

	return routes;
}

function generationOf(asked: string | undefined, standard: StreamGeneration): StreamGeneration {
	if (asked === undefined) return standard;
	const generation = STREAM_GENERATIONS.find(known => known === asked);
	if (generation) return generation;
	const known = STREAM_GENERATIONS.join(' or ');
	throw new WireError(400, 'VALIDATION_ERROR', `The header X-Sandbox-Stream has to be ${known}.`);
}

/** An engine that does not look at what was attached has to say so. */
function unread({ engine }: Agent, attachments: number): StreamEvent[] {
	if (attachments === 0 || engine.reportsAttachments) return [];
	const message = `This agent does not read attachments (${attachments} given).`;
	return [{ name: 'warning', data: { message } }];
}
