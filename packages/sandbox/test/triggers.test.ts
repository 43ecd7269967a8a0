import { expect, test } from 'vitest';
import { WireTrigger } from '../src/trigger-schema.ts';
import { call, createTrigger, garden } from './harness.ts';

const UNKNOWN = '/api/triggers/00000000-0000-4000-8000-000000000000';

test('a created trigger comes with its URL and, only then, with its secret', async () => {
	const sandbox = await garden();
	const { id, answer } = await createTrigger(sandbox, { execution: { mode: 'async' } });
	expect(answer.status).toBe(201);
	expect(answer.body.at('webhook_url')).toBe(`${sandbox.url}/api/triggers/webhook/${id}`);
	expect(WireTrigger.parse(answer.body.at('data'))).toMatchObject({
		agent_id: sandbox.agentId,
		name: 'Integration',
		trigger_type: 'webhook',
		enabled: true,
		webhook_secret: expect.stringMatching(/^whs_[0-9a-f]{48}$/),
		trigger_config: {
			auth: { type: 'api_key' },
			query_extraction: { mode: 'field', field: 'message' },
			response_adapter: { format: 'raw' },
			execution: { mode: 'async' },
		},
	});
	const later = [
		await call(sandbox, `GET /api/triggers/${id}`),
		await call(sandbox, 'GET /api/triggers'),
		await call(sandbox, `PATCH /api/triggers/${id}`, { body: {} }),
		await call(sandbox, `POST /api/triggers/${id}/disable`),
		await call(sandbox, `POST /api/triggers/${id}/enable`),
	];
	for (const { status, body } of later) {
		expect(status).toBe(200);
		expect(JSON.stringify(body.value)).not.toContain('whs_');
	}
	expect(later[0]?.body.at('data.id')).toBe(id);
	expect(later[0]?.body.at('webhook_url')).toBe(answer.body.at('webhook_url'));
});

test('names are not unique', async () => {
	const sandbox = await garden();
	const [one, other] = [await createTrigger(sandbox), await createTrigger(sandbox)];
	expect(one.id).not.toBe(other.id);
	expect(one.secret).not.toBe(other.secret);
});

test('the list is paged, newest first, and counts what there is', async () => {
	const sandbox = await garden();
	const empty = await call(sandbox, 'GET /api/triggers');
	expect(empty.body.at('pagination')).toEqual({ page: 1, limit: 20, total: 0, pages: 0 });
	const ids: string[] = [];
	for (let index = 0; index < 5; index++) ids.unshift((await createTrigger(sandbox)).id);
	const listed: unknown[] = [];
	for (const page of [1, 2, 3]) {
		const answer = await call(sandbox, `GET /api/triggers?page=${page}&limit=2`);
		expect(answer.body.at('pagination')).toEqual({ page, limit: 2, total: 5, pages: 3 });
		listed.push(
			...WireTrigger.array()
				.parse(answer.body.at('data'))
				.map(trigger => trigger.id),
		);
	}
	expect(listed).toEqual(ids);
	expect((await call(sandbox, 'GET /api/triggers?page=4&limit=2')).body.at('data')).toEqual([]);
	for (const query of ['page=0', 'page=x', 'limit=101', 'limit=1.5']) {
		expect((await call(sandbox, `GET /api/triggers?${query}`)).status).toBe(400);
	}
});

test('a change touches what it names and keeps the rest', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox, { query_extraction: { mode: 'full_body' } });
	const execution = { mode: 'async', callback: { url: 'https://example.com/hook' } };
	const answer = await call(sandbox, `PATCH /api/triggers/${id}`, {
		body: { name: 'New name', enabled: false, trigger_config: { execution } },
	});
	expect(answer.body.at('data')).toMatchObject({
		name: 'New name',
		enabled: false,
		trigger_config: {
			auth: { type: 'api_key' },
			query_extraction: { mode: 'full_body' },
			execution: { mode: 'async', callback: { url: 'https://example.com/hook', method: 'POST' } },
		},
	});
	const refused = await call(sandbox, `PATCH /api/triggers/${id}`, {
		body: { trigger_config: { auth: { type: 'x' } } },
	});
	expect(refused.status).toBe(400);
	expect((await call(sandbox, `GET /api/triggers/${id}`)).body.at('data.trigger_config.auth.type')).toBe(
		'api_key',
	);
});

test('enable and disable switch the trigger', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	expect((await call(sandbox, `POST /api/triggers/${id}/disable`)).body.at('data.enabled')).toBe(false);
	expect((await call(sandbox, `GET /api/triggers/${id}`)).body.at('data.enabled')).toBe(false);
	expect((await call(sandbox, `POST /api/triggers/${id}/enable`)).body.at('data.enabled')).toBe(true);
});

test('a deleted trigger is gone, and deleting it again says so', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	expect((await call(sandbox, `DELETE /api/triggers/${id}`)).body.value).toEqual({ success: true });
	expect((await call(sandbox, `DELETE /api/triggers/${id}`)).status).toBe(404);
	expect((await call(sandbox, 'GET /api/triggers')).body.at('pagination.total')).toBe(0);
});

test.each([
	`GET ${UNKNOWN}`,
	`PATCH ${UNKNOWN}`,
	`DELETE ${UNKNOWN}`,
	`POST ${UNKNOWN}/enable`,
	`POST ${UNKNOWN}/disable`,
	`GET ${UNKNOWN}/executions`,
	`GET ${UNKNOWN}/executions/x`,
])('%s: an unknown trigger is not found', async what => {
	const answer = await call(await garden(), what, what.startsWith('PATCH') ? { body: {} } : {});
	expect(answer.status).toBe(404);
	expect(answer.body.at('error.code')).toBe('TRIGGER_NOT_FOUND');
});

test.each([
	['another type', { trigger_type: 'schedule' }, 'trigger_type'],
	['no name', { name: '' }, 'name'],
	['an unknown kind of auth', { trigger_config: { auth: { type: 'magic' } } }, 'trigger_config.auth.type'],
	[
		'a response format that is not spoken',
		{ trigger_config: { response_adapter: { format: 'telex' } } },
		'format',
	],
	[
		'an option that is not spoken',
		{ trigger_config: { message_buffer: { window_ms: 500 } } },
		'message_buffer',
	],
	[
		'a session derived from nothing',
		{ trigger_config: { session_strategy: { mode: 'derive', fields: [] } } },
		'trigger_config.session_strategy.fields',
	],
	['an unknown mode', { trigger_config: { execution: { mode: 'later' } } }, 'trigger_config.execution.mode'],
	[
		'a callback to the metadata service',
		{ trigger_config: { execution: { callback: { url: 'http://169.254.169.254/x' } } } },
		'trigger_config.execution.callback.url',
	],
	[
		'a callback that is no URL',
		{ trigger_config: { execution: { callback: { url: 'example.com' } } } },
		'trigger_config.execution.callback.url',
	],
])('%s is refused with the field at fault', async (_, change, field) => {
	const sandbox = await garden();
	const valid = { agent_id: sandbox.agentId, name: 'n', trigger_type: 'webhook', trigger_config: {} };
	const answer = await call(sandbox, 'POST /api/triggers', { body: { ...valid, ...change } });
	expect(answer.status).toBe(400);
	expect(answer.body.at('error.code')).toBe('VALIDATION_ERROR');
	expect(answer.body.text('error.message')).toContain(field);
	expect((await call(sandbox, 'GET /api/triggers')).body.at('pagination.total')).toBe(0);
});

test('a trigger needs an agent that exists', async () => {
	const body = { agent_id: 'nobody', name: 'n', trigger_type: 'webhook' };
	const answer = await call(await garden(), 'POST /api/triggers', { body });
	expect(answer.status).toBe(403);
	expect(answer.body.at('error.details.reason')).toBe('AGENT_NOT_FOUND');
});

test('the older name of signed authentication is read as the newer one', async () => {
	const { answer } = await createTrigger(await garden(), { auth: { type: 'hmac' } });
	expect(answer.body.at('data.trigger_config.auth.type')).toBe('signature');
});
