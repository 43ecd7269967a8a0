import { type Context, type Handler, Hono } from 'hono';
import type { z } from 'zod';
import { authorize, type Permission } from '../auth.ts';
import { readJson, validated } from '../body.ts';
import type { SandboxEnv } from '../env.ts';

interface Call {
	readonly method: 'get' | 'post' | 'patch' | 'delete';
	/** As OpenAPI writes it, `/api/triggers/{id}`. */
	readonly path: string;
	readonly summary: string;
	/** What the caller's key has to allow; `trigger` says that the trigger itself tells who may call it. */
	readonly access: Permission | 'trigger' | 'anyone';
	readonly params?: z.ZodObject;
	readonly query?: z.ZodObject;
	readonly headers?: z.ZodObject;
	readonly body?: z.ZodType;
}

/** What opens the routes of cxpa: the token of a zone's request, the key of who reports runs, or the runtime's key. */
export type CxpaAccess = 'zone' | 'ingest-key' | 'agent-key';

/** One method of one path: what the document says of it is what the server checks. */
export interface Operation extends Omit<Call, 'access'> {
	readonly access: Call['access'] | CxpaAccess;
	/** The successful answers, by status and media type. Whatever goes wrong is an error body, the same everywhere. */
	readonly answers: Readonly<Record<number, Readonly<Record<string, z.ZodType>>>>;
}

/** An operation with one kind of successful answer, in JSON. */
export interface JsonOperation extends Call {
	readonly status: 200 | 201;
	readonly answer: z.ZodType;
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

export interface OperationRequest<O extends JsonOperation> {
	readonly c: Context<SandboxEnv>;
	readonly params: Parsed<O['params']>;
	readonly query: Parsed<O['query']>;
	readonly body: Parsed<O['body']>;
}

/** Routes that cannot be served without being described. */
export class OperationRoutes {
	readonly hono: Hono<SandboxEnv> = new Hono();
	readonly operations: Operation[] = [];

	/**
	 * Serves an operation with what its schemas made of the request; the key is checked before the body is read.
	 * In two steps, because only then TypeScript holds the handler's literals against the schema's.
	 */
	json<O extends JsonOperation>(operation: O) {
		return {
			answeredBy: (handler: (request: OperationRequest<O>) => z.output<O['answer']>): void => {
				const { status, answer, ...call }: JsonOperation = operation;
				this.raw({ ...call, answers: { [status]: { 'application/json': answer } } }, async c => {
					if (call.access !== 'anyone' && call.access !== 'trigger') authorize(c, call.access);
					const params = call.params && validated(call.params, c.req.param());
					const query = call.query && validated(call.query, c.req.query());
					const body = call.body && (await readJson(c, call.body));
					// The parts have the types of O's schemas; TypeScript cannot follow them through the condition.
					return c.json(handler({ c, params, query, body } as OperationRequest<O>), status);
				});
			},
		};
	}

	/** Serves an operation by a handler that reads the request and writes the answer itself. */
	raw(operation: Operation, handler: Handler<SandboxEnv>): void {
		this.operations.push(operation);
		this.hono.on(operation.method, operation.path.replaceAll(/\{(\w+)\}/g, ':$1'), handler);
	}
}
