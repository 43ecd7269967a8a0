import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type SandboxOptions, startSandbox } from '@zihin/sandbox';
import { onTestFinished } from 'vitest';

const AGENTS = `agents:
  - name: Report Writer
    engine: { script: { steps: [{ wait: 5ms }, { response: '{"pdfUrl": "https://files.example.com/1.pdf", "outputs": 2}' }] } }
  - name: Failing
    engine: { script: { steps: [{ error: { code: E, message: The model is away. } }] } }
  - name: Endless
    engine: { script: { steps: [{ wait: 60m }, { response: late }] } }
  - name: Filer
    tags: [file-download]
    engine: { script: { steps: [{ response: "What the file contains" }] } }
`;

export const AGENT = { report: 1, failing: 2, endless: 3, filer: 4 } as const;

/** A platform with these agents, closed when the test is over. */
export async function startPlatform(options: SandboxOptions = {}): Promise<Sandbox> {
	const folder = mkdtempSync(join(tmpdir(), 'cxpa-sdk-'));
	const agents = join(folder, 'agents.yaml');
	writeFileSync(agents, AGENTS);
	const sandbox = await startSandbox({ port: 0, agents, ...options });
	onTestFinished(async () => {
		await sandbox.close();
		rmSync(folder, { recursive: true });
	});
	return sandbox;
}

export interface ZoneInfo {
	readonly agentId: number;
	readonly ingestApiKey: string;
	readonly agentApiKey: string;
	readonly environment: {
		readonly ZONE_JWT_SECRET: string;
		readonly AUDIENCE_ID: string;
		readonly PLATFORM_API_BASE_URL: string;
	};
}

export async function zoneInfo({ url }: Sandbox, agentId: number): Promise<ZoneInfo> {
	const answer = await fetch(`${url}/sandbox/api/zones`);
	const { data }: { data: ZoneInfo[] } = JSON.parse(await answer.text());
	const info = data.find(zone => zone.agentId === agentId);
	if (!info) throw new Error(`There is no zone ${agentId}.`);
	return info;
}

/** A token as the platform mints it, not as this package does. */
export async function platformToken({ url }: Sandbox, agentId: number, body: object = {}): Promise<string> {
	const answer = await fetch(`${url}/sandbox/api/zones/${agentId}/tokens`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	return JSON.parse(await answer.text()).token;
}

/** Switches a fault on for so many requests. */
export async function switchOn({ url }: Sandbox, fault: object): Promise<void> {
	await fetch(`${url}/sandbox/api/faults`, {
		method: 'PUT',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ faults: [fault] }),
	});
}

export interface SharedOperation {
	readonly call: string;
	readonly method: string;
	readonly path: string;
	readonly body?: object;
	readonly answer?: object;
}

/** What the platform is held against as well. */
export const shared: { readonly operations: readonly SharedOperation[]; readonly error: object } = JSON.parse(
	readFileSync(new URL('../../sandbox/cxpa-wire.json', import.meta.url), 'utf8'),
);
