/** What the middleware hands to the routes. */
export interface SandboxEnv {
	Variables: { requestId: string; maxBodyBytes: number };
}
