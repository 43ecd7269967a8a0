import { expect, test } from 'vitest';
import { PROFILES } from '../src/profile.ts';
import { call, createTrigger, garden } from './harness.ts';

const FLAT = { 'X-Sandbox-Error-Envelope': 'flat' };
const NESTED = { 'X-Sandbox-Error-Envelope': 'nested' };

test('the bare profile speaks the older envelope, the full one the newer', async () => {
	const bare = await call(await garden({ profile: 'bare' }), 'GET /api/v2/agents', { key: 'zhn_test_bad' });
	expect(bare.status).toBe(401);
	expect(bare.body.value).toEqual({
		error: 'invalid_api_key',
		message: 'Send a valid API key in the X-Api-Key header.',
		status: 'error',
	});
	const full = await call(await garden(), 'GET /api/v2/agents', { key: 'zhn_test_bad' });
	const requestId = full.headers.get('X-Request-Id');
	expect(full.body.value).toEqual({
		error: {
			code: 'UNAUTHORIZED',
			message: 'Send a valid API key in the X-Api-Key header.',
			request_id: requestId,
		},
		request_id: requestId,
	});
});

test('a request may ask for either envelope in either profile', async () => {
	const full = await garden();
	const bare = await garden({ profile: 'bare' });
	const error = async (sandbox: typeof full, headers = {}) =>
		(await call(sandbox, 'GET /api/nothing', { headers })).body.at('error');
	expect(await error(full, FLAT)).toBe('not_found');
	expect(await error(bare, NESTED)).toMatchObject({ code: 'NOT_FOUND' });
	expect(await error(full, { 'X-Sandbox-Error-Envelope': 'round' })).toMatchObject({ code: 'NOT_FOUND' });
	expect(await error(bare)).toBe('not_found');
});

test('the older envelope has the older codes, and keeps the details', async () => {
	const sandbox = await garden();
	const flat = async (what: string, options: Parameters<typeof call>[2] = {}) => {
		const { status, body } = await call(sandbox, what, { ...options, headers: FLAT });
		return { http: status, ...Object(body.value) };
	};
	expect(await flat('GET /api/v2/agents', { key: undefined })).toMatchObject({
		http: 401,
		error: 'authentication_required',
	});
	const { id } = await createTrigger(sandbox, { auth: { type: 'signature' } });
	expect(await flat(`POST /api/triggers/webhook/${id}`, { body: { message: 'cactus' } })).toMatchObject({
		http: 401,
		error: 'authentication_required',
	});
	expect(await flat('GET /api/triggers', { key: sandbox.keys.member })).toMatchObject({
		http: 403,
		error: 'insufficient_permissions',
		details: { reason: 'INSUFFICIENT_PERMISSIONS' },
	});
	expect(await flat('GET /api/v2/agents/nobody/sessions')).toMatchObject({
		http: 404,
		error: 'agent_not_found',
		status: 'error',
	});
	expect(await flat('POST /api/triggers', { body: {} })).toMatchObject({
		http: 400,
		error: 'invalid_request',
		details: { issues: expect.any(Array) },
	});
});

test('a failed synchronous run names its execution in either envelope', async () => {
	const sandbox = await garden({ tokenDelayMs: 5_000 });
	const { id } = await createTrigger(sandbox, { execution: { mode: 'sync', timeout_ms: 20 } });
	for (const headers of [FLAT, NESTED]) {
		const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, {
			body: { message: 'cactus' },
			headers,
		});
		expect(answer.status).toBe(504);
		expect(answer.body.at('execution_id')).toBe(sandbox.executions().at(-1)?.id);
	}
});

test('the bare profile takes no notice of an Idempotency-Key', async () => {
	const sandbox = await garden({ profile: 'bare' });
	const { id } = await createTrigger(sandbox);
	const dispatch = (message: string) =>
		call(sandbox, `POST /api/triggers/webhook/${id}`, {
			body: { message },
			headers: { 'Idempotency-Key': 'k1' },
		});
	const answers = [await dispatch('cactus'), await dispatch('cactus'), await dispatch('tomatoes')];
	for (const answer of answers) {
		expect(answer.status).toBe(200);
		expect(answer.body.at('idempotent_replay')).toBeUndefined();
	}
	expect(sandbox.executions()).toHaveLength(3);
});

test('the bare profile sends no header that is not documented', async () => {
	const { headers } = await call(await garden({ profile: 'bare' }), 'GET /api/v2/agents');
	expect([...headers.keys()].filter(name => name.startsWith('x-'))).toEqual([
		'x-content-type-options',
		'x-ratelimit-limit',
		'x-ratelimit-remaining',
		'x-ratelimit-reset',
	]);
});

test('nobody can change a profile for everybody', () => {
	for (const profile of Object.values(PROFILES)) expect(Object.isFrozen(profile)).toBe(true);
	expect(Object.isFrozen(PROFILES)).toBe(true);
});
