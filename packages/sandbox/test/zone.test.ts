import { readFileSync } from 'node:fs';
import { sign } from 'hono/jwt';
import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { folder } from './harness.ts';
import { AGENT, mint, zoneCall, zoneInfo, zoneSandbox } from './zone-harness.ts';

const runs = (agentId: number) => `/api/zones/agents/${agentId}/runs`;

async function start(sandbox: Sandbox, agentId: number, body: object = { payload: {} }) {
	const bearer = await mint(sandbox, agentId);
	const answer = await zoneCall(sandbox, `POST ${runs(agentId)}`, { bearer, body });
	const read = () => zoneCall(sandbox, `GET ${runs(agentId)}/${answer.body.at('runId')}`, { bearer });
	return { answer, bearer, read, id: Number(answer.body.at('runId')) };
}

async function ended(read: () => ReturnType<typeof zoneCall>) {
	for (;;) {
		const { body } = await read();
		if (!['queued', 'running'].includes(body.text('status'))) return body;
		await new Promise(resolve => setTimeout(resolve, 5));
	}
}

describe('runs', () => {
	test('a run is queued, carried out by the agent, and read back with its output', async () => {
		const sandbox = await zoneSandbox();
		const { answer, read } = await start(sandbox, AGENT.report, { payload: { topic: 'bees' } });
		expect([answer.status, answer.body.at('status')]).toEqual([200, 'queued']);
		const run = await ended(read);
		expect(run.value).toMatchObject({
			status: 'completed',
			input_data: { topic: 'bees' },
			output_data: { pdfUrl: 'https://files.example.com/1.pdf', outputs: 2 },
			outputs: 2,
			error: null,
		});
	});

	test('an agent that answers with text returns it as response; a message is asked as it is, other input as JSON', async () => {
		const sandbox = await zoneSandbox();
		const [asked, given] = await Promise.all([
			start(sandbox, AGENT.echo, { payload: { message: 'Hello' } }),
			start(sandbox, AGENT.echo, { input: { url: 'x' } }),
		]);
		expect((await ended(asked.read)).at('output_data.response')).toBe('You said: Hello');
		expect((await ended(given.read)).at('output_data.response')).toBe('You said: {"url":"x"}');
	});

	test('a run that fails says why', async () => {
		const sandbox = await zoneSandbox();
		const run = await ended((await start(sandbox, AGENT.failing)).read);
		expect(run.value).toMatchObject({ status: 'failed', error: 'The model is away.', output_data: null });
	});

	test('a run that takes longer than it may has failed', async () => {
		const sandbox = await zoneSandbox({ zoneLimits: { runningTimeoutMs: 20 } });
		expect((await ended((await start(sandbox, AGENT.endless)).read)).text('error')).toMatch(/20 ms/);
	});

	test('a wait ends with the run', async () => {
		const sandbox = await zoneSandbox();
		const bearer = await mint(sandbox, AGENT.report);
		for (const path of ['create-and-wait', 'trigger-and-wait']) {
			const body = { payload: {}, timeoutMs: 120_000 };
			const answer = await zoneCall(sandbox, `POST ${runs(AGENT.report)}/${path}`, { bearer, body });
			expect(answer.body.value).toMatchObject({ timedOut: false, status: 'completed' });
			expect(answer.body.at('runId')).toBe(answer.body.at('id'));
		}
	});

	test.each([
		['the caller', {}, { timeoutMs: 10 }],
		['the platform', { waitCeilingMs: 10 }, {}],
	])('a wait ends when %s waits no longer, and the run goes on', async (_, zoneLimits, wait) => {
		const sandbox = await zoneSandbox({ zoneLimits });
		const bearer = await mint(sandbox, AGENT.endless);
		const answer = await zoneCall(sandbox, `POST ${runs(AGENT.endless)}/create-and-wait`, {
			bearer,
			body: wait,
		});
		expect([answer.status, answer.body.value]).toEqual([
			200,
			{ timedOut: true, runId: 1, status: 'running' },
		]);
		expect((await zoneCall(sandbox, `GET ${runs(AGENT.endless)}/1`, { bearer })).body.at('status')).toBe(
			'running',
		);
	});

	test('runs outlive the sandbox: what was under way when it stopped has failed', async () => {
		const database = `${folder()}/sandbox.db`;
		const first = await zoneSandbox({ database });
		const done = await start(first, AGENT.report);
		await ended(done.read);
		await start(first, AGENT.endless);
		await first.close();
		const second = await zoneSandbox({ database });
		const bearer = await mint(second, AGENT.report);
		expect((await zoneCall(second, `GET ${runs(AGENT.report)}/1`, { bearer })).body.at('status')).toBe(
			'completed',
		);
		const other = await mint(second, AGENT.endless);
		expect(
			(await zoneCall(second, `GET ${runs(AGENT.endless)}/2`, { bearer: other })).body.at('status'),
		).toBe('failed');
	});
});

describe('who may', () => {
	test('every failure of a token is one 401, in the flat envelope of this vendor', async () => {
		const sandbox = await zoneSandbox();
		const { environment } = await zoneInfo(sandbox, AGENT.echo);
		const { ZONE_JWT_SECRET: secret = '', AUDIENCE_ID: aud = '' } = environment;
		const claims = { userId: 'u', agentId: AGENT.echo, aud, exp: Math.floor(Date.now() / 1000) + 60 };
		const good = await sign(claims, secret, 'HS256');
		const bad = [
			'garbage',
			await mint(sandbox, AGENT.echo, { expiresInSeconds: -1 }),
			await sign({ ...claims, aud: 'another' }, secret, 'HS256'),
			await sign({ ...claims, agentId: 77 }, secret, 'HS256'),
			await sign({ userId: 'u', agentId: AGENT.echo, aud }, secret, 'HS256'),
			await sign(claims, `${secret}x`, 'HS256'),
			await sign(claims, secret, 'HS512'),
		];
		expect((await zoneCall(sandbox, `GET ${runs(AGENT.echo)}/1`, { bearer: good })).status).toBe(404);
		for (const bearer of bad) {
			const { status, body } = await zoneCall(sandbox, `GET ${runs(AGENT.echo)}/1`, { bearer });
			expect([status, body.value]).toEqual([401, { error: 'Invalid or expired zone token.' }]);
		}
	});

	test('while a secret is replaced tokens of both are taken, and of the new one alone after that', async () => {
		const sandbox = await zoneSandbox();
		const asked = (bearer: string) => zoneCall(sandbox, `GET ${runs(AGENT.echo)}/1`, { bearer });
		const old = await mint(sandbox, AGENT.echo);
		const before = (await zoneInfo(sandbox, AGENT.echo)).environment.ZONE_JWT_SECRET;
		const rotated = await zoneCall(sandbox, `POST /sandbox/api/zones/${AGENT.echo}/secrets`);
		const { ZONE_JWT_SECRET: current } = (await zoneInfo(sandbox, AGENT.echo)).environment;
		expect(rotated.body.value).toEqual({ current, accepted: [current, before] });
		expect(current).not.toBe(before);
		const fresh = await mint(sandbox, AGENT.echo);
		expect([(await asked(old)).status, (await asked(fresh)).status]).toEqual([404, 404]);
		await zoneCall(sandbox, `DELETE /sandbox/api/zones/${AGENT.echo}/secrets`);
		expect([(await asked(old)).status, (await asked(fresh)).status]).toEqual([401, 404]);
	});

	test("another agent's zone gets 403, an agent that is not there 404, another agent's run 404", async () => {
		const sandbox = await zoneSandbox();
		const { id } = await start(sandbox, AGENT.report);
		const bearer = await mint(sandbox, AGENT.echo);
		expect((await zoneCall(sandbox, `GET ${runs(AGENT.report)}/${id}`, { bearer })).status).toBe(403);
		expect((await zoneCall(sandbox, `GET ${runs(99)}/${id}`, { bearer })).status).toBe(404);
		expect((await zoneCall(sandbox, `GET ${runs(AGENT.echo)}/${id}`, { bearer })).status).toBe(404);
	});

	test('an agent that is not published starts nothing', async () => {
		const sandbox = await zoneSandbox();
		expect((await start(sandbox, AGENT.draft)).answer.status).toBe(403);
		expect(sandbox.executions()).toEqual([]);
	});

	test('keys open what they are for, of their own agent', async () => {
		const sandbox = await zoneSandbox();
		const { ingestApiKey, agentApiKey } = await zoneInfo(sandbox, AGENT.echo);
		const status = async (agentId: number, bearer?: string) =>
			(
				await zoneCall(sandbox, `POST /api/agents/${agentId}/runs/trigger`, {
					body: {},
					...(bearer !== undefined && { bearer }),
				})
			).status;
		expect(await status(AGENT.echo, ingestApiKey)).toBe(200);
		expect(await status(AGENT.report, ingestApiKey)).toBe(403);
		expect(await status(AGENT.echo, agentApiKey)).toBe(401);
		expect(await status(AGENT.echo)).toBe(401);
	});
});

test.each([
	[{ payload: {}, input: {} }, 422, /not both/],
	[{ payload: [] }, 422, /^payload: /],
	[{ payload: 'text' }, 422, /^payload: /],
	['{"payload":', 400, /JSON/],
])('the body %j is refused with %i before a run begins', async (body, status, message) => {
	const sandbox = await zoneSandbox();
	const bearer = await mint(sandbox, AGENT.echo);
	const answer = await zoneCall(sandbox, `POST ${runs(AGENT.echo)}`, { bearer, body });
	expect(answer.status).toBe(status);
	expect(answer.body.text('error')).toMatch(message);
	expect(sandbox.executions()).toEqual([]);
});

test.each([0, -1, 1.5, '100'])('the wait %j is refused with 422', async timeoutMs => {
	const sandbox = await zoneSandbox();
	const bearer = await mint(sandbox, AGENT.echo);
	const what = `POST ${runs(AGENT.echo)}/create-and-wait`;
	expect((await zoneCall(sandbox, what, { bearer, body: { timeoutMs } })).status).toBe(422);
});

describe('runs that others report', () => {
	async function reporting(agentId: number = AGENT.echo) {
		const sandbox = await zoneSandbox();
		const { ingestApiKey, agentApiKey } = await zoneInfo(sandbox, agentId);
		const post = async (name: string, body: object) =>
			zoneCall(sandbox, `POST /api/agents/${agentId}/runs/${name}`, { bearer: ingestApiKey, body });
		return {
			sandbox,
			agentApiKey,
			register: (body: object = {}) => post('register', { externalRunId: 'ext-1', ...body }),
			ingest: (body: object) => post('ingest', { externalRunId: 'ext-1', ...body }),
			callback: (id: unknown, body: object) =>
				zoneCall(sandbox, `POST /api/runs/${id}/callback`, { bearer: agentApiKey, body }),
			read: async (id: unknown) =>
				(await zoneCall(sandbox, `GET ${runs(agentId)}/${id}`, { bearer: await mint(sandbox, agentId) }))
					.body,
		};
	}

	test('a registered run is running; registering it again is the same run', async () => {
		const { register, read } = await reporting();
		const [first, again] = [await register({ input: { n: 1 } }), await register({ input: { n: 2 } })];
		expect(again.body.at('runId')).toBe(first.body.at('runId'));
		expect((await read(1)).value).toMatchObject({
			status: 'running',
			input_data: { n: 1 },
			external_run_id: 'ext-1',
		});
		expect((await read(2)).at('error')).toBe('There is no such run.');
	});

	test('callbacks move a run on, to a human and back, and its end may be told twice', async () => {
		const { register, callback, read } = await reporting();
		await register();
		const waiting = { type: 'waiting', tokenId: 'w1', description: 'Approve?' };
		const done = { type: 'output', complete: true, output: { n: 2 } };
		const steps = [
			{ type: 'started' },
			waiting,
			{ type: 'started' },
			{ type: 'output', outputs: 3 },
			done,
			done,
		];
		const seen: unknown[] = [];
		for (const step of steps) {
			const answer = await callback(1, step);
			seen.push(`${answer.status} ${answer.body.at('status')}`);
		}
		expect(seen).toEqual([
			'200 running',
			'200 waiting',
			'200 running',
			'200 running',
			'200 completed',
			'200 completed',
		]);
		expect((await read(1)).value).toMatchObject({
			output_data: { n: 2 },
			outputs: 3,
			metadata: { waitpoint: { tokenId: 'w1', description: 'Approve?' } },
		});
	});

	test.each([
		[{ type: 'started' }],
		[{ type: 'output', output: { late: true } }],
		[{ type: 'output', failed: true, error: { message: 'late' } }],
		[{ type: 'waiting', tokenId: 'w', description: 'late' }],
	])('what comes after the end is a conflict: %j', async late => {
		const { register, callback, read } = await reporting();
		await register();
		await callback(1, { type: 'output', complete: true, output: { n: 1 } });
		expect((await callback(1, late)).status).toBe(409);
		expect((await read(1)).value).toMatchObject({ status: 'completed', output_data: { n: 1 }, error: null });
	});

	test.each([
		[{ message: 'It broke', name: 'E' }, 'It broke'],
		[{ name: 'TypeError' }, 'TypeError'],
		[{}, 'Run failed'],
		[{ message: 'x'.repeat(5_000) }, 'x'.repeat(4_096)],
	])('a failure is told by what there is of it', async (error, text) => {
		const { register, callback, read } = await reporting();
		await register();
		await callback(1, { type: 'output', failed: true, error });
		expect((await read(1)).at('error')).toBe(text);
	});

	test('a failure without an error is refused', async () => {
		const { register, callback } = await reporting();
		await register();
		const answer = await callback(1, { type: 'output', failed: true });
		expect([answer.status, answer.body.text('error')]).toEqual([422, 'error: Required when failed.']);
	});

	test('ingesting a run again moves it on, never back', async () => {
		const { ingest, read } = await reporting();
		expect((await ingest({ status: 'queued' })).body.value).toEqual({ runId: 1, status: 'queued' });
		const times = { completedAt: '2026-01-01T00:00:05.000Z', durationMs: 2_000 };
		expect((await ingest({ status: 'completed', output: { n: 1 }, ...times })).body.at('status')).toBe(
			'completed',
		);
		expect((await ingest({ status: 'completed' })).status).toBe(200);
		expect((await ingest({ status: 'running' })).status).toBe(409);
		expect((await read(1)).value).toMatchObject({
			status: 'completed',
			output_data: { n: 1 },
			duration_ms: 2_000,
		});
		expect((await ingest({ status: 'failed', error: 'x'.repeat(4_097) })).status).toBe(422);
	});

	test("a runtime's word ends a run of the sandbox's own agents too", async () => {
		const { sandbox, callback, read } = await reporting(AGENT.endless);
		await start(sandbox, AGENT.endless);
		expect(
			(await callback(1, { type: 'waiting', tokenId: 'w', description: 'Approve?' })).body.at('status'),
		).toBe('waiting');
		expect((await callback(1, { type: 'started' })).body.at('status')).toBe('running');
		await callback(1, { type: 'output', complete: true, output: { n: 1 } });
		expect((await read(1)).value).toMatchObject({ status: 'completed', output_data: { n: 1 } });
	});

	test('a user who is a member is kept, another one is dropped', async () => {
		const { register, ingest, read } = await reporting();
		await register({ userId: '00000000-0000-4000-8000-000000000000' });
		expect((await read(1)).at('created_by')).toBeNull();
		const member = '1c9a7e40-51b2-4d7c-9a3f-0e6b8d2f4a02';
		await ingest({ externalRunId: 'ext-2', status: 'running', userId: member });
		expect((await read(2)).at('created_by')).toBe(member);
	});
});

describe('files', () => {
	const download = async (agentId: number) => {
		const sandbox = await zoneSandbox();
		const { ingestApiKey } = await zoneInfo(sandbox, agentId);
		const what = `POST /api/agents/${agentId}/runs/trigger-and-download`;
		return zoneCall(sandbox, what, { bearer: ingestApiKey, body: {} });
	};

	test('an agent that makes a file answers with it', async () => {
		const { status, type, headers, body } = await download(AGENT.filer);
		expect([status, type, body.value]).toEqual([200, 'text/plain', 'What the file contains']);
		expect(headers.get('content-disposition')).toBe('attachment; filename="run-1.txt"');
	});

	test('an agent that answers with an object after all gets 502, with the object', async () => {
		const { status, body } = await download(AGENT.forgetful);
		expect([status, body.value]).toEqual([502, { reason: 'no paper' }]);
	});

	test('an agent that makes none gets 422', async () => {
		expect((await download(AGENT.echo)).status).toBe(422);
	});
});

describe('credentials', () => {
	test.each([
		['stripe', 'api_key'],
		['smtp', 'basic_auth'],
		['hubspot', 'oauth'],
	])('%s is of the type %s, for a zone and for a runtime', async (key, type) => {
		const sandbox = await zoneSandbox();
		const { ingestApiKey, agentApiKey } = await zoneInfo(sandbox, AGENT.echo);
		const bearer = await mint(sandbox, AGENT.echo);
		const path = `/api/zones/agents/${AGENT.echo}/credentials/${key}`;
		const forZone = await zoneCall(sandbox, `GET ${path}`, { bearer });
		expect(forZone.body.at('type')).toBe(type);
		expect((await zoneCall(sandbox, `GET ${path}/resolve`, { bearer })).body).toEqual(forZone.body);

		const register = `POST /api/agents/${AGENT.echo}/runs/register`;
		const run = await zoneCall(sandbox, register, { bearer: ingestApiKey, body: { externalRunId: 'x' } });
		const headers = { 'X-Credentials-Token': run.body.text('credentialsToken') };
		const what = `GET /api/credentials/conn_${key}/resolve`;
		expect((await zoneCall(sandbox, what, { bearer: agentApiKey, headers })).body).toEqual(forZone.body);
		expect((await zoneCall(sandbox, what, { bearer: agentApiKey })).status).toBe(401);
		const other = await zoneInfo(sandbox, AGENT.report);
		expect((await zoneCall(sandbox, what, { bearer: other.agentApiKey, headers })).status).toBe(403);
	});

	test.each([
		['nothing', 404],
		['__proto__', 404],
		['salesforce', 502],
	])('%s gets %i', async (key, status) => {
		const sandbox = await zoneSandbox();
		const bearer = await mint(sandbox, AGENT.echo);
		const answer = await zoneCall(sandbox, `GET /api/zones/agents/${AGENT.echo}/credentials/${key}`, {
			bearer,
		});
		expect([answer.status, typeof answer.body.at('error')]).toEqual([status, 'string']);
	});
});

test('faults can be switched on, and come in the envelope of this vendor', async () => {
	const sandbox = await zoneSandbox();
	const bearer = await mint(sandbox, AGENT.echo);
	const headers = { 'X-Sandbox-Fault': '429=absent' };
	const answer = await zoneCall(sandbox, `POST ${runs(AGENT.echo)}`, { bearer, headers, body: {} });
	expect([answer.status, typeof answer.body.at('error')]).toEqual([429, 'string']);
	expect(answer.headers.get('retry-after')).toBeNull();
	expect(sandbox.executions()).toEqual([]);
});

test('what the makers of a zone need is listed, and a token says who and for how long', async () => {
	const sandbox = await zoneSandbox();
	const { environment } = await zoneInfo(sandbox, AGENT.report);
	expect(environment).toMatchObject({
		PLATFORM_API_BASE_URL: sandbox.url,
		ZONE_ORG_SLUG: 'acme',
		ZONE_AGENT_SLUG: 'report-writer',
	});
	const what = `POST /sandbox/api/zones/${AGENT.report}/tokens`;
	const { body } = await zoneCall(sandbox, what, {
		body: { role: 'owner', userName: 'Иван', expiresInSeconds: 5 },
	});
	expect(body.at('claims')).toMatchObject({
		role: 'owner',
		userName: 'Иван',
		agentId: AGENT.report,
		orgSlug: 'acme',
	});
	expect(Number(body.at('claims.exp')) - Number(body.at('claims.iat'))).toBe(5);
	expect((await zoneCall(sandbox, what, { body: { role: 'boss' } })).status).toBe(400);
});

test('what both sides agree on is read by no code that runs', () => {
	const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
	expect(JSON.parse(manifest).files).not.toContain('cxpa-wire.json');
});
