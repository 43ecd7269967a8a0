import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/index.ts';
import { type Answer, folder, Json } from './harness.ts';

/** Answers at once with an object, answers with what it was asked, fails, never ends, makes a file. */
const AGENTS = `agents:
  - name: Report Writer
    engine: { script: { steps: [{ response: '{"pdfUrl": "https://files.example.com/1.pdf", "outputs": 2}' }] } }
  - name: Echo
    engine: { script: { steps: [{ response: "You said: {{message}}" }] } }
  - name: Failing
    engine: { script: { steps: [{ error: { code: E, message: The model is away. } }] } }
  - name: Endless
    engine: { script: { steps: [{ wait: 60m }, { response: late }] } }
  - name: Filer
    tags: [file-download]
    engine: { script: { steps: [{ response: "What the file contains" }] } }
  - name: Forgetful Filer
    tags: [file-download]
    engine: { script: { steps: [{ response: '{"reason": "no paper"}' }] } }
  - name: Draft
    status: draft
    engine: { script: { steps: [{ response: "never" }] } }
`;

export const AGENT = {
	report: 1,
	echo: 2,
	failing: 3,
	endless: 4,
	filer: 5,
	forgetful: 6,
	draft: 7,
} as const;

/** A sandbox with these agents, closed when the test is over. */
export async function zoneSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const agents = `${folder({ 'agents.yaml': AGENTS })}/agents.yaml`;
	const sandbox = await startSandbox({ port: 0, agents, ...options });
	onTestFinished(() => sandbox.close());
	return sandbox;
}

export interface ZoneInfo {
	readonly agentId: number;
	readonly ingestApiKey: string;
	readonly agentApiKey: string;
	readonly environment: Readonly<Record<string, string>>;
}

export async function zoneInfo(sandbox: Sandbox, agentId: number): Promise<ZoneInfo> {
	const response = await fetch(`${sandbox.url}/sandbox/api/zones`);
	const { data }: { data: ZoneInfo[] } = JSON.parse(await response.text());
	const info = data.find(zone => zone.agentId === agentId);
	if (!info) throw new Error(`There is no zone ${agentId}.`);
	return info;
}

export async function mint(sandbox: Sandbox, agentId: number, body: object = {}): Promise<string> {
	const response = await fetch(`${sandbox.url}/sandbox/api/zones/${agentId}/tokens`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
	});
	return new Json(await response.json()).text('token');
}

export interface ZoneCall {
	readonly bearer?: string;
	readonly body?: unknown;
	readonly headers?: Record<string, string>;
}

/** `zoneCall(sandbox, 'GET /api/zones/agents/1/runs/1', { bearer })` */
export async function zoneCall(
	sandbox: Sandbox,
	what: string,
	{ bearer, body, headers }: ZoneCall = {},
): Promise<Answer & { readonly type: string }> {
	const [method = '', path = ''] = what.split(' ');
	const response = await fetch(sandbox.url + path, {
		method,
		headers: {
			...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
			...(body !== undefined && { 'Content-Type': 'application/json' }),
			...headers,
		},
		...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
	});
	const type = response.headers.get('content-type')?.split(';')[0] ?? '';
	const text = await response.text();
	return {
		status: response.status,
		type,
		headers: response.headers,
		body: new Json(type === 'application/json' ? JSON.parse(text) : text),
	};
}

export interface SharedOperation {
	readonly call: string;
	readonly method: string;
	readonly path: string;
	readonly origin: 'documented' | 'inferred' | 'assumed';
	readonly body?: object;
	readonly answer?: object;
}

/** What the clients of this wire are held against as well. */
export const shared: { readonly operations: readonly SharedOperation[]; readonly error: object } = JSON.parse(
	readFileSync(new URL('../cxpa-wire.json', import.meta.url), 'utf8'),
);
