import { expect, test } from 'vitest';
import { createApp } from '../src/app.ts';
import { Background } from '../src/background.ts';
import { Callbacks } from '../src/callbacks.ts';
import { openDatabase } from '../src/database.ts';
import type { EngineRequest } from '../src/engine.ts';
import { Executions } from '../src/executions.ts';
import { FaultRegistry } from '../src/faults/registry.ts';
import { IdempotencyKeys } from '../src/idempotency.ts';
import type { Sandbox } from '../src/index.ts';
import { PROFILES } from '../src/profile.ts';
import { SANDBOX_AGENT_ID } from '../src/seed.ts';
import { Sessions } from '../src/sessions.ts';
import { Triggers } from '../src/triggers.ts';
import { call, createTrigger, garden } from './harness.ts';

const DERIVED = {
	context_mapping: { customer: '$.customer.id', channel: '$.channel' },
	session_strategy: { mode: 'derive', fields: ['customer'] },
};

/** The session that a dispatched body lands in. */
async function sessionOf(sandbox: Sandbox, id: string, body: Record<string, unknown>): Promise<string> {
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, {
		body: { message: 'cactus', ...body },
	});
	expect(answer.status).toBe(200);
	return answer.body.text('session_id');
}

test('an engine is given what the context mapping finds in the body, and no more', async () => {
	const requests: EngineRequest[] = [];
	const database = openDatabase();
	const executions = new Executions(database);
	const background = new Background();
	const agent = {
		id: SANDBOX_AGENT_ID,
		name: 'Recorder',
		commercialName: 'Recorder',
		bio: '',
		type: 'assistant',
		status: 'published' as const,
		tags: [],
		toolsCount: 0,
		engine: {
			model: 'none',
			async *run(request: EngineRequest) {
				requests.push(request);
				const usage = { inputTokens: 0, outputTokens: 0 };
				yield { type: 'response' as const, content: 'ok', sources: [], usage };
			},
		},
	};
	const triggers = new Triggers(database);
	const app = createApp({
		database,
		agents: [agent],
		sessions: new Sessions(database),
		triggers,
		executions,
		idempotencyKeys: new IdempotencyKeys(database),
		callbacks: new Callbacks(executions, background, []),
		background,
		profile: PROFILES.full,
		rateLimitPerMinute: 100,
		faults: new FaultRegistry(),
		maxBodyBytes: 1_000,
	});
	const { id } = triggers.add({
		agentId: agent.id,
		name: 'n',
		enabled: true,
		config: {
			auth: { type: 'none' },
			query_extraction: { mode: 'field', field: 'message' },
			response_adapter: { format: 'raw' },
			execution: { mode: 'sync' },
			context_mapping: {
				customer: '$.customer.id',
				first: "$['order items'][0]",
				nothing: '$.not.there',
				own: '$.toString',
				empty: '$.empty',
			},
		},
	});
	const body = { message: 'Hi', customer: { id: 7 }, 'order items': [{ sku: 'a' }], empty: null, other: 1 };
	const response = await app.request(`/api/triggers/webhook/${id}`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
	});
	expect(response.status).toBe(200);
	expect(requests).toMatchObject([{ message: 'Hi' }]);
	expect(requests[0]?.context).toEqual({ customer: 7, first: { sku: 'a' }, empty: null });
});

test('the same values of the fields are the same session, other values another one', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox, DERIVED);
	const ann = await sessionOf(sandbox, id, { customer: { id: 'ann' }, channel: 'chat' });
	expect(await sessionOf(sandbox, id, { customer: { id: 'ann' }, channel: 'mail' })).toBe(ann);
	expect(await sessionOf(sandbox, id, { customer: { id: 'bob' } })).not.toBe(ann);
	const number = await sessionOf(sandbox, id, { customer: { id: 1 } });
	expect(await sessionOf(sandbox, id, { customer: { id: '1' } })).not.toBe(number);
	expect(await sessionOf(sandbox, id, { customer: { id: 0 } })).toBe(
		await sessionOf(sandbox, id, { customer: { id: 0 } }),
	);
});

test('a derived session is a conversation: the next dispatch goes on where the last one ended', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox, DERIVED);
	const body = { customer: { id: 'ann' } };
	const session = await sessionOf(sandbox, id, { ...body, message: 'cactus' });
	await sessionOf(sandbox, id, { ...body, message: 'Tell me more' });
	const [first, second] = sandbox.executions();
	expect(second?.response).toContain('cactus');
	expect(second?.response).not.toBe(first?.response);
	const list = await call(sandbox, `GET /api/v2/agents/${sandbox.agentId}/sessions`);
	expect(list.body.at('data')).toMatchObject([{ id: session, message_count: 4 }]);
});

test('triggers of one agent share the conversations that they derive from the same fields', async () => {
	const sandbox = await garden();
	const [one, other] = [await createTrigger(sandbox, DERIVED), await createTrigger(sandbox, DERIVED)];
	const body = { customer: { id: 'ann' } };
	expect(await sessionOf(sandbox, one.id, body)).toBe(await sessionOf(sandbox, other.id, body));
});

test.each([
	['is not in the body', {}],
	['is empty', { customer: { id: '' } }],
	['is null', { customer: { id: null } }],
	['is an object', { customer: { id: { a: 1 } } }],
])('a field that %s opens a new session each time, silently', async (_, body) => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox, DERIVED);
	expect(await sessionOf(sandbox, id, body)).not.toBe(await sessionOf(sandbox, id, body));
});

test('so does a field that the context mapping does not name, and the ephemeral strategy', async () => {
	const sandbox = await garden();
	for (const session_strategy of [{ mode: 'derive', fields: ['customer', 'who'] }, { mode: 'ephemeral' }]) {
		const { id } = await createTrigger(sandbox, { ...DERIVED, session_strategy });
		const body = { customer: { id: 'ann' }, who: 'ann' };
		expect(await sessionOf(sandbox, id, body)).not.toBe(await sessionOf(sandbox, id, body));
	}
});

test.each([
	['customer', 'Expected a JSON path such as $.customer.id'],
	['$.', 'Expected a JSON path such as $.customer.id'],
	['$.items[*].id', 'Expected a path to one value'],
	['$..id', 'Expected a path to one value'],
	['$.items[?@.a == 1]', 'Expected a path to one value'],
])('%s is refused as a context path', async (path, reason) => {
	const sandbox = await garden();
	const body = {
		agent_id: sandbox.agentId,
		name: 'n',
		trigger_type: 'webhook',
		trigger_config: { context_mapping: { x: path } },
	};
	const answer = await call(sandbox, 'POST /api/triggers', { body });
	expect(answer.status).toBe(400);
	expect(answer.body.text('error.message')).toContain('trigger_config.context_mapping.x');
	expect(answer.body.text('error.message')).toContain(reason);
});
