import type { HttpBindings } from '@hono/node-server';
import type { Role } from './auth.ts';
import type { RequestFaults } from './faults/request-faults.ts';
import type { Platform } from './openapi/platform.ts';
import type { SseAnswer } from './sse.ts';

/** What the server and the middleware hand to the routes. */
export interface SandboxEnv {
	Bindings: HttpBindings;
	Variables: {
		requestId: string;
		maxBodyBytes: number;
		faults: RequestFaults;
		/** Of the key that came with the request, once it was looked at; `null` without a valid one. */
		role?: Role | null;
		/** Whose wire the path belongs to, if anybody's. */
		platform?: Platform;
		/** The body, once it has been read. */
		receivedBody?: Uint8Array;
		/** What follows the headers of the answer, where that is a stream. */
		sse?: SseAnswer | undefined;
		/** The run that the request began. */
		executionId?: string;
	};
}
