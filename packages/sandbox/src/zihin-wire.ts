import { z } from 'zod';
import { AgentPath, agentRoutes } from './agent-routes.ts';
import { type DispatchDependencies, dispatchRoutes } from './dispatch.ts';
import { errorAnswer, WireErrorBody } from './error-envelope.ts';
import { executionRoutes } from './execution-routes.ts';
import { type JsonOperation, type Operation, OperationRoutes } from './openapi/operation.ts';
import type { Platform } from './openapi/platform.ts';
import { type StreamDependencies, streamRoutes } from './stream.ts';
import { StreamEvents, StreamRequest } from './stream-schema.ts';
import { triggerRoutes } from './trigger-routes.ts';
import { VERSION } from './version.ts';
import { assumed, documented } from './wire-marks.ts';

const health = {
	method: 'get',
	path: '/health',
	summary: 'The version; needs no key.',
	access: 'anyone',
	status: 200,
	answer: z.object({ status: assumed(z.literal('ok')), version: documented(z.string()) }),
} as const satisfies JsonOperation;

const stream = {
	method: 'post',
	path: '/api/v2/agents/{agentId}/stream',
	summary: 'One turn of an agent, as server-sent events.',
	access: 'agents:chat',
	params: AgentPath,
	body: StreamRequest,
	answers: {
		200: {
			'text/event-stream': documented(z.string()).describe(
				'Events until the terminal one. #/components/schemas/StreamEvent describes each, with its data parsed.',
			),
		},
	},
} as const satisfies Operation;

/** An event of a stream, as a reader of server-sent events gets it, with its data parsed. */
const StreamEvent = z.union(
	Object.entries(StreamEvents).map(([event, data]) =>
		z.object({ event: documented(z.literal(event)), data: documented(data) }),
	),
);

const WholeNumber = z.string().regex(/^\d+$/);

const AnswerHeaders = z.object({
	'X-Request-Id': assumed(z.string().optional()).meta({ header: { id: 'RequestId' } }),
	'X-RateLimit-Limit': documented(WholeNumber).meta({ header: { id: 'RateLimitLimit' } }),
	'X-RateLimit-Remaining': documented(WholeNumber).meta({ header: { id: 'RateLimitRemaining' } }),
	'X-RateLimit-Reset': documented(WholeNumber)
		.describe('Unix time in seconds.')
		.meta({ header: { id: 'RateLimitReset' } }),
});

const ErrorHeaders = AnswerHeaders.extend({
	'Retry-After': documented(z.string().optional().describe('Seconds; with 429 only.')),
});

const FAILURE = {
	id: 'Failure',
	description: 'Anything else: the error, in the nested or the flat envelope.',
	headers: ErrorHeaders,
	content: { 'application/json': { schema: WireErrorBody } },
};

/** Everything of Zihin's platform that an agent's caller can reach. */
export function zihinWire(dependencies: DispatchDependencies & StreamDependencies): Platform {
	const { agents, sessions, triggers, executions, profile } = dependencies;
	const routes = new OperationRoutes();

	routes.json(health).answeredBy(() => ({ status: 'ok', version: VERSION }));
	agentRoutes(routes, agents, sessions);
	routes.operations.push(stream);
	routes.hono.route('/api/v2/agents', streamRoutes(dependencies));
	dispatchRoutes(routes, dependencies);
	triggerRoutes(routes, agents, triggers);
	executionRoutes(routes, triggers, executions);

	return {
		name: 'Zihin',
		about: 'Agents, sessions, triggers and executions of the Zihin platform.',
		paths: ['/api/*', '/health'],
		rateLimited: true,
		routes: routes.hono,
		operations: routes.operations,
		components: { StreamEvent },
		answerHeaders: AnswerHeaders,
		failure: FAILURE,
		errorAnswer: (c, error) => errorAnswer(c, error, profile.errorEnvelope),
	};
}
