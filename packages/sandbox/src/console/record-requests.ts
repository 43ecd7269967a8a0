import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import { roleOf } from '../auth.ts';
import type { SandboxEnv } from '../env.ts';
import type { Activity } from './activity.ts';
import { callerOf } from './caller.ts';
import { Excerpt } from './excerpt.ts';

/** The console's own pages and calls, which would bury what people look for. */
const OWN = /^\/(?:console\/.*|sandbox\/.*|favicon\.ico)?$/;

/** Notes every request to the wire and its answer while they go by; neither is held up or held back. */
export function recordRequests(activity: Activity): MiddlewareHandler<SandboxEnv> {
	const log = activity.requests;
	return async (c, next) => {
		const { incoming, outgoing } = c.env;
		if (OWN.test(c.req.path)) return next();
		const startedAt = performance.now();
		const request = log.add({
			startedAt: Date.now(),
			caller: callerOf(c.req.path, incoming.headers),
			method: c.req.method,
			url: incoming.url ?? '/',
			role: roleOf(c),
			rawHeaders: incoming.rawHeaders,
			answer: new Excerpt(),
		});
		// At the last door before the socket: whoever answers, this is what goes out, as slowly as it is taken.
		outgoing.write = tapped(outgoing.write, request.answer);
		outgoing.end = tapped(outgoing.end, request.answer);
		outgoing.once('close', () => {
			request.durationMs = performance.now() - startedAt;
			request.isComplete = outgoing.writableFinished;
			activity.requestChanged(request);
		});
		activity.requestChanged(request);

		await next();

		const body = c.get('receivedBody');
		if (body) {
			request.body = new Excerpt();
			request.body.take(body);
		}
		const executionId = c.get('executionId');
		if (executionId !== undefined) log.link(request, executionId);
		// Some faults write to the socket by themselves, or close it.
		if (c.res !== RESPONSE_ALREADY_SENT) {
			request.status = c.res.status;
			request.answerHeaders = c.res.headers;
		}
		activity.requestChanged(request);
		return undefined;
	};
}

/** The method, and on its way each piece of the answer into the excerpt. */
function tapped<Method extends (...args: never[]) => unknown>(method: Method, answer: Excerpt): Method {
	return new Proxy(method, {
		apply(target, self, args: unknown[]) {
			const [piece] = args;
			if (typeof piece === 'string' || piece instanceof Uint8Array) answer.take(piece);
			return Reflect.apply(target, self, args);
		},
	});
}
