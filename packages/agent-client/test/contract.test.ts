import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentChunk, createClient, type ZihinClient } from '../src/index.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';

const GARDEN =
	'# Garden\n\n## Watering\n\nWater a cactus once a month.\n\n## Soil\n\nA cactus likes sandy soil.\n';

describe.each(['full', 'bare'] as const)('in the %s profile', profile => {
	let folder = '';
	let sandbox: TestSandbox;
	let admin: ZihinClient;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'agent-client-contract-'));
		await writeFile(join(folder, 'garden.md'), GARDEN);
		sandbox = await startTestSandbox({ library: [folder], tokenDelayMs: 0, profile });
		admin = clientOf('admin');
	});

	afterAll(async () => {
		await sandbox?.close();
		await rm(folder, { recursive: true, force: true });
	});

	function clientOf(role: 'admin' | 'editor' | 'member'): ZihinClient {
		return createClient({ apiKey: sandbox.keys[role], baseUrl: sandbox.url, allowHttp: true });
	}

	const ask = (message: string) => ({ agentId: sandbox.agentId, message });

	/** Reads a run until it has ended. */
	async function finished(ids: { triggerId: string; executionId: string }) {
		for (;;) {
			const execution = await admin.getExecution(ids);
			if (!['pending', 'running'].includes(execution.status)) return execution;
			await new Promise(resolve => setTimeout(resolve, 20));
		}
	}

	describe('against the sandbox', () => {
		it('listAgents finds the seeded agent', async () => {
			const agents = await admin.listAgents();
			expect(agents).toContainEqual(
				expect.objectContaining({ id: sandbox.agentId, name: expect.any(String) }),
			);
		});

		it('invokeAgent answers with content, session, model, usage and sources', async () => {
			const result = await admin.invokeAgent(ask('How often do I water a cactus?'));
			expect(result.content).toContain('once a month');
			expect(result).toMatchObject({
				sessionId: expect.any(String),
				model: expect.any(String),
				executionId: expect.any(String),
				usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
			});
			expect(result.sources).toContainEqual(expect.objectContaining({ file: 'garden.md' }));
		});

		it('streamAgent yields what the agent does, then the response, then done, and ends with what invokeAgent gives', async () => {
			const turn = admin.streamAgent(ask('How often do I water a cactus?'));
			const chunks: AgentChunk[] = [];
			for await (const chunk of turn) chunks.push(chunk);
			const types = chunks.map(({ type }) => type);
			// The older generation of the wire has no tokens.
			const before = profile === 'full' ? ['token'] : [];
			expect(types).toEqual(expect.arrayContaining(['metadata', ...before, 'response', 'metrics', 'done']));
			expect(types.at(-1)).toBe('done');
			expect(types.lastIndexOf('token')).toBeLessThan(types.indexOf('response'));
			expect(await turn.finalResult()).toMatchObject({ content: expect.stringContaining('once a month') });
		});

		it('a second turn with the session id stays in the conversation', async () => {
			const first = await admin.invokeAgent(ask('How often do I water a cactus?'));
			const second = await admin.invokeAgent({ ...ask('And which soil?'), sessionId: first.sessionId });
			expect(second.sessionId).toBe(first.sessionId);
			const other = await admin.invokeAgent(ask('And which soil?'));
			expect(other.sessionId).not.toBe(first.sessionId);
		});

		it.each([
			'{{name}} and \u0024{process.env.HOME} and =1+1',
			'line\nline\r\nline\ttab',
			'"quotes" \\backslashes\\ \\n \\u0000',
			'data: x\n\nevent: done\ndata: {}\n\n',
			'\u2028\u2029\u0000\u0007',
			'😀 é é ﷽ עברית',
			'  spaces around  ',
			'{"json": true}',
			'<script>alert(1)</script>',
			'x'.repeat(100_000),
		])('a prompt arrives byte for byte: %j', async message => {
			await admin.invokeAgent(ask(message));
			expect((await sandbox.messages()).at(-1)).toBe(message);
		});

		it('a trigger is made, found again, read, listed and deleted', async () => {
			const wish = { agentId: sandbox.agentId, name: 'Lifecycle', mode: 'async' } as const;
			const made = await admin.createTrigger(wish);
			expect(made).toMatchObject({
				...wish,
				enabled: true,
				type: 'webhook',
				webhookSecret: expect.any(String),
			});
			const { triggerId } = made;
			expect(await admin.findOrCreateTrigger(wish)).toMatchObject({ triggerId, created: false });
			expect(await admin.getTrigger({ triggerId })).toMatchObject({ triggerId, name: 'Lifecycle' });
			const listed = await admin.listTriggers({ agentId: sandbox.agentId });
			expect(listed.map(trigger => trigger.triggerId)).toContain(triggerId);
			await admin.deleteTrigger({ triggerId });
			await expect(admin.getTrigger({ triggerId })).rejects.toMatchObject({
				kind: 'not_found',
				effect: 'none',
			});
		});

		it('findOrCreateTrigger updates a trigger that differs when it is told to', async () => {
			const wish = { agentId: sandbox.agentId, name: 'Updated' } as const;
			const { triggerId } = await admin.createTrigger(wish);
			await expect(admin.findOrCreateTrigger({ ...wish, mode: 'async' })).rejects.toMatchObject({
				kind: 'config',
			});
			const updated = await admin.findOrCreateTrigger({ ...wish, mode: 'async', onMismatch: 'update' });
			expect(updated).toMatchObject({ triggerId, mode: 'async', created: false });
			expect(await admin.getTrigger({ triggerId })).toMatchObject({ mode: 'async' });
		});

		it('a sync dispatch answers with the result', async () => {
			const { triggerId } = await admin.findOrCreateTrigger({
				agentId: sandbox.agentId,
				name: 'Sync',
				mode: 'sync',
			});
			const payload = { message: 'Which soil does a cactus like?' };
			const dispatched = await admin.dispatchAgent({ triggerId, payload });
			expect(dispatched).toMatchObject({ status: 'completed', content: expect.stringContaining('sandy') });
		});

		it('an async dispatch answers at once, and its result is read by getExecution', async () => {
			const wish = { agentId: sandbox.agentId, name: 'Async', mode: 'async' } as const;
			const { triggerId } = await admin.findOrCreateTrigger(wish);
			const payload = { message: 'Which soil does a cactus like?' };
			const { executionId } = await admin.dispatchAgent({ triggerId, payload });
			expect(executionId).not.toBe('');
			expect(await finished({ triggerId, executionId })).toMatchObject({
				executionId,
				triggerId,
				status: 'completed',
				content: expect.stringContaining('sandy'),
			});
		});

		it('the result of an async dispatch is delivered to the callback, without the key', async () => {
			const received: { headers: unknown; body: string }[] = [];
			const receiver = createServer(async (request, response) => {
				let body = '';
				for await (const part of request) body += String(part);
				received.push({ headers: request.headers, body });
				response.end();
			});
			await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve));
			const address = receiver.address();
			const port = typeof address === 'object' ? address?.port : undefined;
			try {
				const { triggerId } = await admin.findOrCreateTrigger({
					agentId: sandbox.agentId,
					name: 'Callback',
					mode: 'async',
					callbackUrl: `http://127.0.0.1:${port}/hook?zihin_token=abc`,
				});
				const { executionId } = await admin.dispatchAgent({ triggerId, payload: { message: 'cactus soil' } });
				while (received.length === 0) await new Promise(resolve => setTimeout(resolve, 10));
				expect(received[0]?.body).toContain(executionId);
				expect(JSON.stringify(received)).not.toContain(sandbox.keys.admin);
			} finally {
				await new Promise(resolve => receiver.close(resolve));
			}
		});
	});

	describe('a role', () => {
		it('of member may list and invoke, and fails as auth on triggers and executions', async () => {
			const member = clientOf('member');
			await expect(member.listAgents()).resolves.not.toEqual([]);
			await expect(member.invokeAgent(ask('cactus'))).resolves.toHaveProperty('content');
			const auth = { kind: 'auth', status: 403, retryable: false };
			await expect(member.createTrigger({ agentId: sandbox.agentId, name: 'x' })).rejects.toMatchObject(auth);
			const { triggerId } = await admin.findOrCreateTrigger({
				agentId: sandbox.agentId,
				name: 'Async',
				mode: 'async',
			});
			const { executionId } = await admin.dispatchAgent({ triggerId, payload: { message: 'cactus' } });
			await expect(member.getExecution({ triggerId, executionId })).rejects.toMatchObject(auth);
		});

		it('of editor may make a trigger, and fails as auth when it deletes one', async () => {
			const editor = clientOf('editor');
			const { triggerId } = await editor.createTrigger({ agentId: sandbox.agentId, name: 'By an editor' });
			await expect(editor.deleteTrigger({ triggerId })).rejects.toMatchObject({ kind: 'auth', status: 403 });
			await expect(admin.deleteTrigger({ triggerId })).resolves.toBeUndefined();
		});

		it('is missing to an unknown key, which the error does not show', async () => {
			const apiKey = 'zhn_test_nobody_0123456789abcdef0123456789';
			const stranger = createClient({ apiKey, baseUrl: sandbox.url, allowHttp: true });
			const error: unknown = await stranger.listAgents().catch((thrown: unknown) => thrown);
			expect(error).toMatchObject({ kind: 'auth', status: 401, effect: 'none' });
			expect(String(error)).not.toContain('0123456789abcdef');
		});

		it('does not open an agent that does not exist', async () => {
			const missing = { agentId: '00000000-0000-4000-8000-000000000000', message: 'x' };
			await expect(admin.invokeAgent(missing)).rejects.toMatchObject({ kind: 'not_found', effect: 'none' });
		});
	});
});
