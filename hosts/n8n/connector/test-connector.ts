import { afterAll, beforeAll, describe } from 'vitest';
import type { N8n } from '../n8n.ts';
import { PROFILES, type ProfileName, startAgents } from '../sandboxes.ts';
import { testConnecting } from './credential.ts';
import type { Host } from './host.ts';
import { testInvoke } from './invoke.ts';
import { testRunAndWait } from './run-and-wait.ts';
import { testTool } from './tool.ts';
import { testTrigger } from './trigger.ts';

/** What the connector promises, in a real n8n, however many processes it has. */
export function testConnector(mode: string, n8nOf: () => N8n): void {
	describe.concurrent.each(PROFILES)(`${mode}, %s profile`, profile => {
		const host = hostOf(mode, profile, n8nOf);
		testConnecting(host);
		testInvoke(host);
		testRunAndWait(host);
		testTrigger(host);
		testTool(host);
	});
}

function hostOf(mode: string, profile: ProfileName, n8nOf: () => N8n): Host {
	let open: Omit<Host, 'mode' | 'profile'>;
	beforeAll(async () => {
		const n8n = n8nOf();
		const sandbox = await startAgents(profile);
		const connection = { apiKey: sandbox.keys.admin, baseUrl: sandbox.url, allowHttp: true };
		open = { n8n, sandbox, connection, credential: await n8n.store(`Sandbox ${profile}`, connection) };
	});
	afterAll(() => open?.sandbox.close());
	return {
		mode,
		profile,
		get n8n() {
			return open.n8n;
		},
		get sandbox() {
			return open.sandbox;
		},
		get connection() {
			return open.connection;
		},
		get credential() {
			return open.credential;
		},
	};
}
