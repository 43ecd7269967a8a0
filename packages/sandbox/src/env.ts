import type { HttpBindings } from '@hono/node-server';
import type { RequestFaults } from './faults/request-faults.ts';
import type { Platform } from './openapi/platform.ts';

/** What the server and the middleware hand to the routes. */
export interface SandboxEnv {
	Bindings: HttpBindings;
	Variables: {
		requestId: string;
		maxBodyBytes: number;
		faults: RequestFaults;
		/** Whose wire the path belongs to, if anybody's. */
		platform?: Platform;
		/** The body, once it has been read. */
		receivedBody?: Uint8Array;
		/** The run that the request began. */
		executionId?: string;
	};
}
