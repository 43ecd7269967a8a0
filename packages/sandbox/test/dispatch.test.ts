import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { WireExecution } from '../src/execution-routes.ts';
import { call, createTrigger, eventually, garden } from './harness.ts';

const ASYNC = { execution: { mode: 'async' } };
const QUESTION = { message: 'When do tomatoes need staking?', order: 7 };

test('a synchronous dispatch answers with the response itself', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: QUESTION });
	expect(answer.status).toBe(200);
	const [execution] = sandbox.executions();
	expect(answer.body.value).toEqual({
		success: true,
		execution_id: execution?.id,
		session_id: execution?.sessionId,
		response: 'Tomatoes need staking in June.\n\nSource: garden.md, line 13',
		tools_used: ['library_search'],
		usage: { input_tokens: 5, output_tokens: 9, total_tokens: 14, cost_usd: 0 },
	});
	expect(execution).toMatchObject({
		triggerId: id,
		message: QUESTION.message,
		input: QUESTION,
		status: 'completed',
	});
});

test('an asynchronous dispatch is accepted at once and can be read until it is finished', async () => {
	const sandbox = await garden({ tokenDelayMs: 10 });
	const { id } = await createTrigger(sandbox, ASYNC);
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: QUESTION });
	expect(answer.status).toBe(202);
	const executionId = answer.body.text('execution_id');
	expect(answer.body.value).toEqual({
		success: true,
		execution_id: executionId,
		trigger_id: id,
		session_id: sandbox.executions()[0]?.sessionId,
		status: 'pending',
	});
	const path = `GET /api/triggers/${id}/executions/${executionId}`;
	expect((await call(sandbox, path)).body.at('data.status')).toBe('running');
	await eventually(sandbox, execution => execution.status === 'completed');
	const { body } = await call(sandbox, path);
	expect(body.at('success')).toBe(true);
	expect(WireExecution.strict().parse(body.at('data'))).toMatchObject({
		id: executionId,
		trigger_id: id,
		agent_id: sandbox.agentId,
		status: 'completed',
		outcome: 'COMPLETED',
		input: QUESTION,
		output: {
			response: 'Tomatoes need staking in June.\n\nSource: garden.md, line 13',
			sources: [{ file: 'garden.md', line: 13 }],
		},
		usage: { total_tokens: 14 },
		model: 'library',
		error: null,
		callback: null,
	});
});

test('executions are listed newest first, in pages, and only their own', async () => {
	const sandbox = await garden();
	const [one, other] = [await createTrigger(sandbox), await createTrigger(sandbox)];
	const ids: string[] = [];
	for (let index = 0; index < 3; index++) {
		const answer = await call(sandbox, `POST /api/triggers/webhook/${one.id}`, { body: QUESTION });
		ids.unshift(answer.body.text('execution_id'));
	}
	const first = await call(sandbox, `GET /api/triggers/${one.id}/executions?limit=2`);
	expect(first.body.at('pagination')).toEqual({ page: 1, limit: 2, total: 3, pages: 2 });
	const second = await call(sandbox, `GET /api/triggers/${one.id}/executions?limit=2&page=2`);
	const listed = [first, second].flatMap(({ body }) => WireExecution.array().parse(body.at('data')));
	expect(listed.map(execution => execution.id)).toEqual(ids);
	expect((await call(sandbox, `GET /api/triggers/${other.id}/executions`)).body.at('data')).toEqual([]);
	const foreign = await call(sandbox, `GET /api/triggers/${other.id}/executions/${ids[0]}`);
	expect(foreign.status).toBe(404);
	expect(foreign.body.at('error.code')).toBe('EXECUTION_NOT_FOUND');
});

test('each dispatch has a session of its own', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: QUESTION });
	await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: QUESTION });
	const [one, other] = sandbox.executions();
	expect(one?.sessionId).not.toBe(other?.sessionId);
});

test('a run over its deadline is a timeout for the caller and in the record', async () => {
	const sandbox = await garden({ tokenDelayMs: 5_000 });
	const { id } = await createTrigger(sandbox, { execution: { mode: 'sync', timeout_ms: 20 } });
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: QUESTION });
	expect(answer.status).toBe(504);
	expect(answer.body.at('error.code')).toBe('TURN_TIMEOUT');
	const executionId = answer.body.text('execution_id');
	const { body } = await call(sandbox, `GET /api/triggers/${id}/executions/${executionId}`);
	expect(body.at('data')).toMatchObject({ status: 'timeout', outcome: 'TIMEOUT', output: null });
});

test('an unknown trigger is not found and a disabled one refuses', async () => {
	const sandbox = await garden();
	const unknown = await call(sandbox, 'POST /api/triggers/webhook/nothing', { body: QUESTION });
	expect([unknown.status, unknown.body.at('error.code')]).toEqual([404, 'TRIGGER_NOT_FOUND']);
	const { id } = await createTrigger(sandbox);
	await call(sandbox, `POST /api/triggers/${id}/disable`);
	const disabled = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: QUESTION });
	expect([disabled.status, disabled.body.at('error.code')]).toEqual([409, 'TRIGGER_DISABLED']);
	expect(sandbox.executions()).toEqual([]);
});

test.each([
	[{}],
	[{ message: '' }],
	[{ message: 7 }],
	[{ msg: 'x' }],
	[JSON.parse('{"__proto__":{"message":"x"}}')],
])('%j has no message to take', async body => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body });
	expect([answer.status, answer.body.at('error.code')]).toEqual([400, 'VALIDATION_ERROR']);
	expect(sandbox.executions()).toEqual([]);
});

test('the message is taken from the field that the trigger names, or is the whole body', async () => {
	const sandbox = await garden();
	const field = await createTrigger(sandbox, { query_extraction: { mode: 'field', field: 'chatInput' } });
	await call(sandbox, `POST /api/triggers/webhook/${field.id}`, { body: { chatInput: 'cactus' } });
	const whole = await createTrigger(sandbox, { query_extraction: { mode: 'full_body' } });
	await call(sandbox, `POST /api/triggers/webhook/${whole.id}`, { body: '{ "plant":  "cactus" }' });
	expect(sandbox.executions().map(({ message }) => message)).toEqual(['cactus', '{ "plant":  "cactus" }']);
});

test('a payload that nests without end is refused before anything is stored', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	const body = `{"message":"cactus","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body });
	expect([answer.status, answer.body.at('error.message')]).toEqual([
		400,
		'The body is nested deeper than 100 levels.',
	]);
	expect(sandbox.executions()).toEqual([]);
});

test('an own __proto__ key travels as data', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	const body = '{"__proto__":{"polluted":true},"message":"cactus"}';
	expect((await call(sandbox, `POST /api/triggers/webhook/${id}`, { body })).status).toBe(200);
	expect(JSON.stringify(sandbox.executions()[0]?.input)).toBe(body);
	expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test('a trigger with signature takes the right digest of the raw body and nothing else', async () => {
	const sandbox = await garden();
	const { id, secret } = await createTrigger(sandbox, { auth: { type: 'signature' } });
	const body = JSON.stringify(QUESTION);
	const signature = createHmac('sha256', secret).update(body).digest('hex');
	const dispatch = (headers: Record<string, string>, key?: string) =>
		call(sandbox, `POST /api/triggers/webhook/${id}`, { key, headers, body });
	expect((await dispatch({ 'X-Webhook-Signature': signature })).status).toBe(200);
	for (const wrong of ['', signature.slice(1), signature.toUpperCase(), 'é'.repeat(32), '0'.repeat(64)]) {
		expect((await dispatch({ 'X-Webhook-Signature': wrong })).status).toBe(401);
	}
	expect((await dispatch({}, sandbox.keys.admin)).status).toBe(401);
	expect(sandbox.executions()).toHaveLength(1);
});

test('a trigger without auth takes anybody, one with api_key nobody without a key', async () => {
	const sandbox = await garden();
	const open = await createTrigger(sandbox, { auth: { type: 'none' } });
	const path = (id: string) => `POST /api/triggers/webhook/${id}`;
	expect((await call(sandbox, path(open.id), { key: undefined, body: QUESTION })).status).toBe(200);
	const closed = await createTrigger(sandbox);
	expect((await call(sandbox, path(closed.id), { key: undefined, body: QUESTION })).status).toBe(401);
});

test('the same Idempotency-Key and body are one execution, and the answer says that it is a replay', async () => {
	const sandbox = await garden();
	for (const mode of ['sync', 'async']) {
		const { id } = await createTrigger(sandbox, { execution: { mode } });
		const before = sandbox.executions().length;
		const dispatch = () =>
			call(sandbox, `POST /api/triggers/webhook/${id}`, {
				body: QUESTION,
				headers: { 'Idempotency-Key': 'k1' },
			});
		const first = await dispatch();
		const second = await dispatch();
		expect(second.status).toBe(first.status);
		expect(second.body.value).toEqual({ ...Object(first.body.value), idempotent_replay: true });
		expect(first.body.at('idempotent_replay')).toBeUndefined();
		expect(sandbox.executions()).toHaveLength(before + 1);
	}
});

test('an Idempotency-Key with another body is a conflict; for another trigger it is another key', async () => {
	const sandbox = await garden();
	const [one, other] = [await createTrigger(sandbox), await createTrigger(sandbox)];
	const dispatch = (id: string, body: unknown, key = 'k1') =>
		call(sandbox, `POST /api/triggers/webhook/${id}`, { body, headers: { 'Idempotency-Key': key } });
	await dispatch(one.id, QUESTION);
	const conflict = await dispatch(one.id, { message: 'cactus' });
	expect([conflict.status, conflict.body.at('error.code')]).toEqual([409, 'CONFLICT']);
	expect((await dispatch(other.id, { message: 'cactus' })).body.at('idempotent_replay')).toBeUndefined();
	expect((await dispatch(one.id, QUESTION, 'k2')).body.at('idempotent_replay')).toBeUndefined();
	expect((await dispatch(one.id, QUESTION, 'k'.repeat(256))).status).toBe(400);
	expect(sandbox.executions()).toHaveLength(3);
});

test('a second call while the first is running is told that it is in flight', async () => {
	const sandbox = await garden({ tokenDelayMs: 10 });
	const { id } = await createTrigger(sandbox);
	const dispatch = () =>
		call(sandbox, `POST /api/triggers/webhook/${id}`, {
			body: QUESTION,
			headers: { 'Idempotency-Key': 'k1' },
		});
	const first = dispatch();
	await eventually(sandbox, execution => execution.status === 'running');
	const second = await dispatch();
	expect([second.status, second.body.at('error.code')]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
	expect((await first).status).toBe(200);
});

test('a caller who hangs up does not stop a webhook run', async () => {
	const sandbox = await garden({ tokenDelayMs: 10 });
	const { id } = await createTrigger(sandbox);
	const leave = new AbortController();
	const first = fetch(`${sandbox.url}/api/triggers/webhook/${id}`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.admin, 'Content-Type': 'application/json' },
		body: JSON.stringify(QUESTION),
		signal: leave.signal,
	}).catch(() => 'left');
	await eventually(sandbox, execution => execution.status === 'running');
	leave.abort();
	expect(await first).toBe('left');
	const execution = await eventually(sandbox, each => each.status !== 'running');
	expect(execution.status).toBe('completed');
});

test.each([
	['timeout-outcome', 504, 'timeout'],
	['error-event', 500, 'failed'],
	['gated', 200, 'completed'],
])('%s befalls a dispatched run too', async (fault, status, recorded) => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	const body = { message: 'When do tomatoes need staking?' };
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, {
		body,
		headers: { 'X-Sandbox-Fault': fault },
	});
	expect(answer.status).toBe(status);
	expect(sandbox.executions()[0]?.status).toBe(recorded);
	expect((await call(sandbox, `POST /api/triggers/webhook/${id}`, { body })).body.text('response')).toContain(
		'Tomatoes',
	);
});
