import type { Connection, N8n, StoredCredential } from '../n8n.ts';
import type { ProfileName, Sandbox } from '../sandboxes.ts';

/** An n8n and the sandbox that its credential is for. They are there when a test runs, not when it is described. */
export interface Host {
	/** How many processes n8n has. */
	readonly mode: string;
	readonly profile: ProfileName;
	readonly n8n: N8n;
	readonly sandbox: Sandbox;
	readonly connection: Connection;
	readonly credential: StoredCredential;
}

/** What whoever calls a workflow's Webhook says. */
export const MESSAGE = '={{ $json.body.message }}';
