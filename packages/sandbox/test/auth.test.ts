import { expect, test } from 'vitest';
import { WireAgent } from '../src/agent-routes.ts';
import { SANDBOX_AGENT_ID, SANDBOX_KEYS } from '../src/index.ts';
import { call, createTrigger, garden, raw, statusOf } from './harness.ts';

test('the seeded keys and the agent id are the same in every sandbox', async () => {
	const [one, other] = [await garden(), await garden()];
	expect(one.keys).toEqual(SANDBOX_KEYS);
	expect(other.keys).toEqual(SANDBOX_KEYS);
	expect(one.agentId).toBe(SANDBOX_AGENT_ID);
	for (const [role, key] of Object.entries(SANDBOX_KEYS)) expect(key).toMatch(`zhn_test_${role}_`);
});

test('the agents are listed with their documented fields', async () => {
	const sandbox = await garden();
	const answer = await call(sandbox, 'GET /api/v2/agents', { key: sandbox.keys.member });
	expect(answer.body.at('success')).toBe(true);
	const [agent, ...others] = WireAgent.array().parse(answer.body.at('data'));
	expect(others).toEqual([]);
	expect(agent).toMatchObject({
		id: sandbox.agentId,
		name: 'Librarian',
		status: 'published',
		tools_count: 1,
	});
});

test.each([
	['no key', {}],
	['an unknown key', { 'X-Api-Key': 'zhn_test_bad' }],
	['an empty key', { 'X-Api-Key': '' }],
	['a key with something after it', { 'X-Api-Key': `${SANDBOX_KEYS.admin}0` }],
	['a key in Basic authentication', { Authorization: `Basic ${SANDBOX_KEYS.admin}` }],
	[
		'a wrong key beside a right bearer token',
		{ 'X-Api-Key': 'x', Authorization: `Bearer ${SANDBOX_KEYS.admin}` },
	],
])('%s is unauthorized', async (_, headers) => {
	const sandbox = await garden();
	const answer = await call(sandbox, 'GET /api/v2/agents', { key: undefined, headers });
	expect(answer.status).toBe(401);
	expect(answer.body.at('error.code')).toBe('UNAUTHORIZED');
});

test('a key in the query opens nothing', async () => {
	const sandbox = await garden();
	const answer = await call(sandbox, `GET /api/v2/agents?api_key=${sandbox.keys.admin}`, { key: undefined });
	expect(answer.status).toBe(401);
});

test('two key headers are no key', async () => {
	const sandbox = await garden();
	const answer = await raw(sandbox, [
		'GET /api/v2/agents HTTP/1.1',
		'Host: localhost:PORT',
		`X-Api-Key: ${sandbox.keys.admin}`,
		'X-Api-Key: zhn_test_other',
		'Connection: close',
	]);
	expect(statusOf(answer)).toBe(401);
});

test('a bearer token is a key too', async () => {
	const sandbox = await garden();
	const headers = { Authorization: `Bearer ${sandbox.keys.member}` };
	expect((await call(sandbox, 'GET /api/v2/agents', { key: undefined, headers })).status).toBe(200);
});

test('each role may do exactly what the platform lets it do', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	const dispatched = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: { message: 'cactus' } });
	const execution = dispatched.body.text('execution_id');
	const trigger = { agent_id: sandbox.agentId, name: 'n', trigger_type: 'webhook' };
	const calls: [what: string, editor: number, member: number, body?: unknown][] = [
		['GET /api/v2/agents', 200, 200],
		[`GET /api/v2/agents/${sandbox.agentId}/sessions`, 200, 200],
		['POST /api/triggers', 201, 403, trigger],
		['GET /api/triggers', 200, 403],
		[`GET /api/triggers/${id}`, 200, 403],
		[`PATCH /api/triggers/${id}`, 200, 403, { name: 'm' }],
		[`POST /api/triggers/${id}/disable`, 200, 403],
		[`POST /api/triggers/${id}/enable`, 200, 403],
		[`GET /api/triggers/${id}/executions`, 200, 403],
		[`GET /api/triggers/${id}/executions/${execution}`, 200, 403],
		[`POST /api/triggers/webhook/${id}`, 200, 403, { message: 'cactus' }],
		[`DELETE /api/triggers/${id}`, 403, 403],
	];
	for (const [what, editor, member, body] of calls) {
		for (const [role, expected] of [
			['member', member],
			['editor', editor],
		] as const) {
			const answer = await call(sandbox, what, { key: sandbox.keys[role], body });
			expect([what, role, answer.status]).toEqual([what, role, expected]);
			if (expected === 403) {
				expect(answer.body.value).toMatchObject({
					error: { code: 'FORBIDDEN', details: { reason: 'INSUFFICIENT_PERMISSIONS' } },
				});
			}
		}
	}
	const other = await createTrigger(sandbox);
	for (const [key, of] of [
		[sandbox.keys.admin, id],
		[sandbox.keys.owner, other.id],
	]) {
		expect((await call(sandbox, `DELETE /api/triggers/${of}`, { key })).status).toBe(200);
	}
});

test('anyone may ask how the sandbox is, and for which version', async () => {
	const answer = await call(await garden(), 'GET /health', { key: undefined });
	expect(answer.body.value).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
});

test('an unknown route is not found, in the same envelope', async () => {
	const answer = await call(await garden(), 'GET /api/v3/nothing');
	expect(answer.status).toBe(404);
	expect(answer.body.at('error.code')).toBe('NOT_FOUND');
});
