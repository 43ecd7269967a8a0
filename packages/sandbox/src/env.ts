import type { HttpBindings } from '@hono/node-server';

/** What the server and the middleware hand to the routes. */
export interface SandboxEnv {
	Bindings: HttpBindings;
	Variables: { requestId: string; maxBodyBytes: number };
}
