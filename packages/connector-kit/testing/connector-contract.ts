import { fileURLToPath } from 'node:url';
import { createClient } from '@zihin/agent-client';
import { type ProfileName, type Sandbox, startSandbox } from '@zihin/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionInputs, ConnectorHost, OpenHost } from './host.ts';
import { ODD_PROMPTS } from './odd-prompts.ts';
import { runStep } from './run-step.ts';
import { startSandboxProcess } from './sandbox-process.ts';

/** Facts of the tests' own: the repository's pages may change without changing what is tested here. */
const LIBRARY = fileURLToPath(new URL('library', import.meta.url));
const QUESTION = 'How do I continue a conversation?';

/** What every connector promises, in its platform's own runtime against the sandbox. */
export function describeConnector(platform: string, openHost: OpenHost, profile: ProfileName = 'full'): void {
	describe(`${platform}, ${profile} profile: what every connector promises`, () => {
		let sandbox: Sandbox;
		const hosts: ConnectorHost[] = [];

		async function open(overrides: Partial<ConnectionInputs> = {}): Promise<ConnectorHost> {
			const host = await openHost({
				apiKey: sandbox.keys.editor,
				baseUrl: sandbox.url,
				allowHttp: true,
				...overrides,
			});
			hosts.push(host);
			return host;
		}

		beforeAll(async () => {
			sandbox = await startSandbox({ port: 0, library: [LIBRARY], profile });
		});
		afterEach(async () => {
			await Promise.all(hosts.splice(0).map(host => host.close()));
		});
		afterAll(() => sandbox.close());

		it('gives the same answer as the client, with sources that exist', async () => {
			const client = createClient({ apiKey: sandbox.keys.editor, baseUrl: sandbox.url, allowHttp: true });
			const expected = await client.invokeAgent({ agentId: sandbox.agentId, message: QUESTION });
			const output = await runStep(await open(), 'invokeAgent', {
				agentId: sandbox.agentId,
				message: QUESTION,
			});
			expect(output.content).toBe(expected.content);
			expect(output.sources).toEqual(expected.sources);
			expect(output.sources).not.toHaveLength(0);
			expect(output.model).toBe(expected.model);
			expect(output.usage).toEqual(expected.usage);
		});

		it('continues a conversation by the session id', async () => {
			const host = await open();
			const first = await runStep(host, 'invokeAgent', { agentId: sandbox.agentId, message: QUESTION });
			const second = await runStep(host, 'invokeAgent', {
				agentId: sandbox.agentId,
				message: 'Tell me more',
				sessionId: first.sessionId,
			});
			const forgetful = await runStep(host, 'invokeAgent', {
				agentId: sandbox.agentId,
				message: 'Tell me more',
			});
			expect(second.sessionId).toBe(first.sessionId);
			expect(second.content).not.toBe(first.content);
			expect(second.content).not.toBe(forgetful.content);
			expect(second.sources).not.toHaveLength(0);
		});

		it.each(Object.entries(ODD_PROMPTS))(
			'a prompt with %s arrives byte-identical',
			async (_name, message) => {
				await runStep(await open(), 'invokeAgent', { agentId: sandbox.agentId, message });
				expect(sandbox.executions().at(-1)?.message).toBe(message);
			},
		);

		it('an odd message arrives byte-identical in a dispatch, too', async () => {
			const host = await open();
			const { triggerId } = await runStep(host, 'findOrCreateTrigger', {
				agentId: sandbox.agentId,
				name: 'Odd',
			});
			const message = ODD_PROMPTS['templates, markup, control characters and emoji'];
			const { executionId } = await runStep(host, 'dispatchAgent', { triggerId, message });
			expect(sandbox.executions().find(({ id }) => id === executionId)?.message).toBe(message);
		});

		it('lists the agents, and offers them in its picker', async () => {
			const host = await open();
			const agents = await runStep(host, 'listAgents', {});
			expect(agents.map(({ id }) => id)).toContain(sandbox.agentId);
			expect((await host.agentChoices()).map(({ value }) => value)).toContain(sandbox.agentId);
			expect(await host.agentChoices('no agent has this name')).toEqual([]);
		});

		it('finds the trigger that it created', async () => {
			const host = await open();
			const inputs = { agentId: sandbox.agentId, name: 'Order desk' };
			const first = await runStep(host, 'findOrCreateTrigger', inputs);
			const second = await runStep(host, 'findOrCreateTrigger', inputs);
			expect(first.created).toBe(true);
			expect(second).toEqual({ ...first, created: false });
			expect(JSON.stringify(first)).not.toContain('whs_');
		});

		it('dispatches to a trigger once and names the execution', async () => {
			const host = await open();
			const { triggerId } = await runStep(host, 'findOrCreateTrigger', {
				agentId: sandbox.agentId,
				name: 'Once',
			});
			const before = sandbox.executions().length;
			const dispatched = await runStep(host, 'dispatchAgent', { triggerId, message: QUESTION });
			expect(dispatched).toMatchObject({ triggerId, status: 'pending', content: null });
			expect(
				sandbox
					.executions()
					.slice(before)
					.map(({ id }) => id),
			).toEqual([dispatched.executionId]);
		});

		it('the connection test passes with a good key and says what to do with a bad one', async () => {
			await (await open()).testConnection();
			const wrong = `${sandbox.keys.editor.slice(0, -4)}0000`;
			await expect(open({ apiKey: wrong }).then(host => host.testConnection())).rejects.toThrow();
			const error = await failureOf(open({ apiKey: wrong }), host => runStep(host, 'listAgents', {}));
			expect(error).toMatch(/key was refused/i);
			expect(error).not.toContain(wrong);
		});

		it.each([
			['a malformed key', { apiKey: 'sk-123' }, /not a Zihin key/],
			['a base URL outside the whitelist', { baseUrl: 'https://evil.example' }, /base ?URL was refused/i],
			['http without the switch', { allowHttp: false }, /allow HTTP/i],
		])('%s gets one clear sentence', async (_name, overrides, expected) => {
			const error = await failureOf(open(overrides), host => runStep(host, 'listAgents', {}));
			expect(error).toMatch(expected);
			if ('apiKey' in overrides) expect(error).not.toContain(overrides.apiKey);
		});

		it('an unreachable host gets one clear sentence', async () => {
			const gone = await startSandbox({ port: 0, library: [LIBRARY] });
			await gone.close();
			const error = await failureOf(open({ baseUrl: gone.url }), host => runStep(host, 'listAgents', {}));
			expect(error).toMatch(/could not be reached/);
		});

		it.each([
			['an empty message', { message: '' }, /Message\W+is (empty|required)/],
			[
				'an unknown agent',
				{ agentId: '00000000-0000-4000-8000-000000000000', message: 'Hi' },
				/does not exist/,
			],
			[
				'a temperature that is no number',
				{ message: 'Hi', temperature: 'hot' },
				/Temperature must be a number/,
			],
			[
				'a timeout beyond the platform',
				{ message: 'Hi', timeoutSeconds: 99_999 },
				/Timeout \(Seconds\) can be/,
			],
		])('%s gets one clear sentence', async (_name, inputs, expected) => {
			const before = sandbox.executions().length;
			const error = await failureOf(open(), host =>
				runStep(host, 'invokeAgent', { agentId: sandbox.agentId, ...inputs }),
			);
			expect(error).toMatch(expected);
			expect(sandbox.executions()).toHaveLength(before);
		});

		it('a member key may invoke, but creating a trigger says which key is needed', async () => {
			const member = { apiKey: sandbox.keys.member };
			const output = await runStep(await open(member), 'invokeAgent', {
				agentId: sandbox.agentId,
				message: QUESTION,
			});
			expect(output.content).not.toBe('');
			const error = await failureOf(open(member), host =>
				runStep(host, 'findOrCreateTrigger', { agentId: sandbox.agentId, name: 'Not allowed' }),
			);
			expect(error).toMatch(/admin or editor/);
			expect(error).not.toContain(sandbox.keys.member);
		});

		it('a platform that dies in the middle of an answer gives a clear error, never half an answer', async () => {
			await using dying = await startSandboxProcess('--token-delay', '100', '--library', LIBRARY);
			const host = await open({ baseUrl: dying.url });
			const outcome = runStep(host, 'invokeAgent', {
				agentId: sandbox.agentId,
				message: QUESTION,
				timeoutSeconds: 20,
			}).then(output => `answered ${output.content}`, textOf);
			await dying.turnBegins();
			await dying.kill();
			expect(await outcome).toMatch(/could not be reached|incomplete/i);
		});
	});
}

async function failureOf(
	opening: Promise<ConnectorHost>,
	call: (host: ConnectorHost) => Promise<unknown>,
): Promise<string> {
	const host = await opening;
	return call(host).then(
		output => `no error, but ${JSON.stringify(output)}`,
		(error: unknown) => textOf(error),
	);
}

/** Everything that a user could see of an error: its texts, and what hangs on it. */
function textOf(error: unknown): string {
	if (typeof error !== 'object' || error === null) return String(error);
	const texts = ['message', 'description'].map(name => String(Reflect.get(error, name) ?? ''));
	return [...texts, JSON.stringify(error)].join('\n');
}
