import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/index.ts';
import { call, folder, Json } from './harness.ts';

/** A sandbox with the agents of this YAML, which may name the other files. A second takes it a millisecond. */
export async function sandboxOf(
	agents: string,
	files: Record<string, string> = {},
	options: SandboxOptions = {},
): Promise<Sandbox> {
	const root = folder({ ...files, 'agents.yaml': agents });
	const sandbox = await startSandbox({
		port: 0,
		agents: join(root, 'agents.yaml'),
		tokenDelayMs: 0,
		speed: 1_000,
		...options,
	});
	onTestFinished(() => sandbox.close());
	return sandbox;
}

/** A sandbox whose one agent acts out these steps. */
export function scripted(steps: string, options?: SandboxOptions): Promise<Sandbox> {
	const scenario = `agents: [{ name: Actor, engine: { script: { file: scenario.yaml } } }]\n`;
	return sandboxOf(scenario, { 'scenario.yaml': steps }, options);
}

export interface Frame {
	/** `message` for a frame without a name. */
	readonly name: string;
	/** As it came: `[DONE]` is no JSON. */
	readonly text: string;
	readonly data: Json;
}

export interface StreamRead {
	readonly frames: readonly Frame[];
	readonly names: readonly string[];
	/** Of the first frame of this name. */
	data(name: string): Json;
	readonly tokens: string;
	/** Everything, comments too. */
	readonly text: string;
	/** Why it could not be read to its end. */
	readonly broken: string | undefined;
}

export interface Turn {
	/** A name; default: the sandbox's first agent. */
	readonly agent?: string;
	readonly body?: Record<string, unknown>;
	readonly headers?: Record<string, string>;
	readonly signal?: AbortSignal;
}

export async function openStream(sandbox: Sandbox, turn: Turn = {}): Promise<Response> {
	const id = turn.agent === undefined ? sandbox.agentId : await agentNamed(sandbox, turn.agent);
	return fetch(`${sandbox.url}/api/v2/agents/${id}/stream`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.member, 'Content-Type': 'application/json', ...turn.headers },
		body: JSON.stringify({ message: 'Hello', ...turn.body }),
		...(turn.signal && { signal: turn.signal }),
	});
}

export async function readStream(sandbox: Sandbox, turn: Turn = {}): Promise<StreamRead> {
	return readAll(await openStream(sandbox, turn));
}

export async function readAll(response: Response): Promise<StreamRead> {
	const decoder = new TextDecoder();
	let text = '';
	let broken: string | undefined;
	try {
		for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
	} catch (error) {
		const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
		broken = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
	}
	const frames = text.split('\n\n').flatMap(frameOf);
	const data = (name: string) => frames.find(frame => frame.name === name)?.data ?? new Json(undefined);
	const tokens = frames.filter(({ name }) => name === 'token').map(frame => frame.data.text('content'));
	return { frames, names: frames.map(({ name }) => name), data, tokens: tokens.join(''), text, broken };
}

function frameOf(block: string): Frame[] {
	const lines = block.split('\n');
	const field = (name: string) => lines.find(line => line.startsWith(`${name}: `))?.slice(name.length + 2);
	const text = field('data');
	if (text === undefined) return [];
	return [
		{
			name: field('event') ?? 'message',
			text,
			data: new Json(text.startsWith('{') ? JSON.parse(text) : text),
		},
	];
}

async function agentNamed(sandbox: Sandbox, name: string): Promise<string> {
	const { body } = await call(sandbox, 'GET /api/v2/agents');
	const agents = body.at('data');
	const found = Array.isArray(agents)
		? agents.map(agent => new Json(agent)).find(agent => agent.at('name') === name)
		: undefined;
	if (!found) throw new Error(`There is no agent ${name}.`);
	return found.text('id');
}
