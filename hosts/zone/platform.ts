import { join } from 'node:path';
import { type SandboxOptions, startSandbox } from '../../packages/sandbox/dist/index.js';
import { EXAMPLE } from './places.ts';

export const SLUG = 'report-writer';

/** The platform with one agent, the example's, and its zone. */
export interface Platform extends AsyncDisposable {
	readonly url: string;
	/** Where the zone is mounted. */
	readonly zoneUrl: string;
	/** What a zone app needs to know. */
	readonly environment: Readonly<Record<string, string>>;
	/** Who browses from now on; a negative time is one whose tokens have expired. */
	visitor(visitor: { role?: string; userName?: string; expiresInSeconds?: number }): Promise<void>;
	/** The next request to the platform's API is answered with 409. */
	refuseNext(): Promise<void>;
}

export async function startPlatform(zoneApp: string, options: SandboxOptions = {}): Promise<Platform> {
	const agents = join(EXAMPLE, 'agents.yaml');
	const sandbox = await startSandbox({ port: 0, agents, zoneApps: { [SLUG]: zoneApp }, ...options });
	const { data } = await json(`${sandbox.url}/sandbox/api/zones`);
	const environment: Record<string, string> = data[0].environment;
	return {
		url: sandbox.url,
		zoneUrl: `${sandbox.url}/acme/${SLUG}/app`,
		environment,
		async visitor(visitor) {
			await json(`${sandbox.url}/sandbox/api/zones/1/visitor`, visitor);
		},
		async refuseNext() {
			await json(`${sandbox.url}/sandbox/api/faults`, { faults: [{ name: '409', times: 1 }] });
		},
		[Symbol.asyncDispose]: () => sandbox.close(),
	};
}

async function json(url: string, put?: object) {
	const answer = await fetch(url, {
		...(put && { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(put) }),
	});
	if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
	return answer.json();
}
