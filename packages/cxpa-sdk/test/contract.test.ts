import { describe, expect, it, vi } from 'vitest';
import {
	createAgentClient,
	ingestRun,
	registerRun,
	triggerRun,
	triggerRunAndDownload,
	triggerRunAndWait,
} from '../src/agent/index.ts';
import { ApiError, createZoneClient, getSession, isTerminal, verifyZoneToken } from '../src/zone/index.ts';
import {
	AGENT,
	platformToken,
	type SharedOperation,
	shared,
	startPlatform,
	switchOn,
	zoneInfo,
} from './sandbox.ts';
import { json, stubPlatform, text } from './stub-platform.ts';

/** A platform, and a client of one of its zones. */
async function zone(agentId: number, options = {}, token = {}) {
	const sandbox = await startPlatform(options);
	const client = createZoneClient({
		baseUrl: sandbox.url,
		token: await platformToken(sandbox, agentId, token),
		agentId,
	});
	return { sandbox, ...client };
}

describe('a zone', () => {
	it('verifies what the platform mints, and makes a client of the session', async () => {
		const sandbox = await startPlatform();
		const { environment } = await zoneInfo(sandbox, AGENT.report);
		const { ZONE_JWT_SECRET: secret, AUDIENCE_ID: audience } = environment;
		const token = await platformToken(sandbox, AGENT.report, { role: 'admin' });
		const claims = await verifyZoneToken(token, { secret, audience });
		expect(claims).toMatchObject({ role: 'admin', agentId: AGENT.report, orgSlug: 'acme', userName: null });

		const headers = new Headers({ 'x-zone-token': token, 'x-zone-claims': JSON.stringify(claims) });
		const session = await getSession({ headers, secret, audience });
		vi.stubEnv('PLATFORM_API_BASE_URL', '');
		expect(() => createZoneClient(session)).toThrow(/PLATFORM_API_BASE_URL/);
		vi.stubEnv('PLATFORM_API_BASE_URL', sandbox.url);
		const { runId } = await createZoneClient(session).runs.create({ payload: { topic: 'bees' } });
		vi.unstubAllEnvs();
		expect(runId).toBe(1);
	});

	it('waits for a run, and is told each time that it was read', async () => {
		const { runs } = await zone(AGENT.report);
		const { runId, status } = await runs.create({ payload: { topic: 'bees' } });
		expect(status).toBe('queued');
		const seen: string[] = [];
		const run = await runs.waitFor(runId, { onUpdate: each => seen.push(each.status) });
		expect(run).toMatchObject({ timedOut: false, runId, status: 'completed', outputs: 2 });
		expect(seen.at(-1)).toBe('completed');
		expect(seen.slice(0, -1).some(isTerminal)).toBe(false);
	});

	it('waits no longer than it was told to, or than its signal lets it', async () => {
		const { runs } = await zone(AGENT.endless);
		const { runId } = await runs.create({});
		expect(await runs.waitFor(runId, { timeoutMs: 600 })).toEqual({
			timedOut: true,
			runId,
			status: 'running',
		});
		const controller = new AbortController();
		const waiting = runs.waitFor(runId, { signal: controller.signal, onUpdate: () => controller.abort() });
		await expect(waiting).rejects.toMatchObject({ name: 'TransportError', fault: 'aborted' });
	});

	it('gets the end of a run with the answer: completed, failed, or not yet', async () => {
		const done = await zone(AGENT.report);
		const payload = { topic: 'bees' };
		expect(await done.runs.createAndWait({ payload })).toMatchObject({
			timedOut: false,
			status: 'completed',
			output_data: { pdfUrl: 'https://files.example.com/1.pdf' },
		});
		const failing = await zone(AGENT.failing);
		expect(await failing.runs.createAndWait({ payload })).toMatchObject({
			timedOut: false,
			status: 'failed',
			error: 'The model is away.',
		});
		const endless = await zone(AGENT.endless);
		expect(await endless.runs.createAndWait({ payload, timeoutMs: 20 })).toEqual({
			timedOut: true,
			runId: 1,
			status: 'running',
		});
		expect(await endless.runs.get(1)).toMatchObject({ status: 'running', output_data: null });
	});

	it('gets credentials of each shape, and an ApiError for those that cannot be had', async () => {
		const { credentials } = await zone(AGENT.report);
		expect(await credentials.get('stripe')).toMatchObject({ type: 'api_key', value: 'sandbox_stripe_key' });
		expect(await credentials.get('smtp')).toMatchObject({ type: 'basic_auth', username: 'mailer' });
		expect(await credentials.get('hubspot')).toMatchObject({
			type: 'oauth',
			access_token: 'sandbox_hubspot_token',
			extras: { token_type: 'bearer' },
		});
		await expect(credentials.get('nothing')).rejects.toMatchObject({ status: 404 });
	});

	it('gets one 401 for a token that has expired, 403 for another agent, 404 for a run that is not there', async () => {
		const expired = await zone(AGENT.report, {}, { expiresInSeconds: -10 });
		await expect(expired.runs.create({})).rejects.toMatchObject({
			name: 'ApiError',
			status: 401,
			message: 'Invalid or expired zone token.',
		});
		const sandbox = await startPlatform();
		const token = await platformToken(sandbox, AGENT.report);
		const client = createZoneClient({ baseUrl: sandbox.url, token, agentId: AGENT.failing });
		await expect(client.runs.get(1)).rejects.toMatchObject({ status: 403 });
		await expect(expired.runs.get(1)).rejects.toBeInstanceOf(ApiError);
	});

	it('reads through a short outage, and starts no second run in one', async () => {
		const { sandbox, runs } = await zone(AGENT.report);
		const { runId } = await runs.create({});
		vi.spyOn(Math, 'random').mockReturnValue(0);
		await switchOn(sandbox, { name: '503', times: 2 });
		expect(await runs.get(runId)).toMatchObject({ id: runId });
		await switchOn(sandbox, { name: 'reset', value: 'after', times: 1 });
		await expect(runs.create({})).rejects.toMatchObject({ fault: 'network' });
		expect(sandbox.executions().length).toBe(2);
		vi.restoreAllMocks();
	});
});

describe('an agent, from outside and from within', () => {
	async function agent(agentId: number) {
		const sandbox = await startPlatform();
		const { ingestApiKey, agentApiKey } = await zoneInfo(sandbox, agentId);
		return { call: { baseUrl: sandbox.url, ingestApiKey, agentId }, agentApiKey };
	}

	it('is triggered, and waited for', async () => {
		const { call } = await agent(AGENT.report);
		expect(await triggerRun({ ...call, input: { topic: 'bees' } })).toEqual({ runId: 1, status: 'queued' });
		expect(await triggerRunAndWait({ ...call, input: { topic: 'bees' }, timeoutMs: 60_000 })).toMatchObject({
			timedOut: false,
			runId: 2,
			status: 'completed',
		});
	});

	it('makes a file, which is streamed', async () => {
		const { call } = await agent(AGENT.filer);
		expect(await new Response(await triggerRunAndDownload(call)).text()).toBe('What the file contains');
	});

	it('that makes no file is an ApiError with 422', async () => {
		const { call } = await agent(AGENT.report);
		await expect(triggerRunAndDownload(call)).rejects.toMatchObject({ name: 'ApiError', status: 422 });
	});

	it('registers a run, opens its credentials, and moves it on, never back', async () => {
		const { call, agentApiKey } = await agent(AGENT.report);
		const run = await registerRun({ ...call, externalRunId: 'ext-1' });
		expect(run).toMatchObject({ runId: 1, expiresInSeconds: 3600 });
		const { runId, credentialsToken } = run;
		const runtime = createAgentClient({ baseUrl: call.baseUrl, agentApiKey, runId, credentialsToken });
		expect(await runtime.resolveCredential('conn_smtp')).toMatchObject({ type: 'basic_auth' });
		await runtime.callback({ type: 'started' });
		await runtime.callback({ type: 'output', output: { n: 1 }, complete: true });
		await expect(runtime.callback({ type: 'started' })).rejects.toMatchObject({ status: 409 });
		const without = createAgentClient({ baseUrl: call.baseUrl, agentApiKey, runId });
		await expect(without.resolveCredential('conn_smtp')).rejects.toThrow(/credentialsToken is missing/);
	});

	it('reports a run of its own', async () => {
		const { call } = await agent(AGENT.report);
		const run = { ...call, externalRunId: 'ext-1' };
		expect(await ingestRun({ ...run, status: 'running' })).toEqual({ runId: 1, status: 'running' });
		expect(await ingestRun({ ...run, status: 'failed', error: 'It broke' })).toMatchObject({
			status: 'failed',
		});
		await expect(ingestRun({ ...run, status: 'running' })).rejects.toMatchObject({ status: 409 });
	});

	it('with a wrong key gets 401, without the key in it', async () => {
		const { call } = await agent(AGENT.report);
		const ingestApiKey = 'sandbox_ingest_wrong';
		const error = await triggerRun({ ...call, ingestApiKey }).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ status: 401 });
		expect(JSON.stringify(error)).not.toContain(ingestApiKey);
	});
});

describe('what both sides agree on', () => {
	const topic = { topic: 'bees' };
	const ingest = { externalRunId: 'ext-1', status: 'completed', output: { n: 1 }, outputs: 1 };
	const complete = { type: 'output', output: { n: 1 }, complete: true } as const;
	/** How each operation is called, at a platform that is at this URL. */
	const calls: Record<string, (baseUrl: string) => Promise<unknown>> = {
		'zone.runs.create': url => clientAt(url).runs.create({ payload: topic }),
		'zone.runs.createAndWait': url =>
			clientAt(url).runs.createAndWait({ payload: topic, timeoutMs: 120_000 }),
		'zone.runs.get': url => clientAt(url).runs.get(7),
		'zone.credentials.get': url => clientAt(url).credentials.get('hubspot'),
		'agent.triggerRun': url => triggerRun({ ...callAt(url), input: topic }),
		'agent.triggerRunAndWait': url => triggerRunAndWait({ ...callAt(url), input: topic, timeoutMs: 120_000 }),
		'agent.triggerRunAndDownload': url =>
			triggerRunAndDownload({ ...callAt(url), input: topic, timeoutMs: 120_000 }),
		'agent.registerRun': url => registerRun({ ...callAt(url), externalRunId: 'ext-1', input: topic }),
		'agent.ingestRun': url => ingestRun({ ...callAt(url), ...ingest }),
		'agent.callback': url => runtimeAt(url).callback(complete),
		'agent.resolveCredential': url => runtimeAt(url).resolveCredential('conn_smtp'),
	};
	const clientAt = (baseUrl: string) => createZoneClient({ baseUrl, token: 't', agentId: 2 });
	const callAt = (baseUrl: string) => ({ baseUrl, ingestApiKey: 'k', agentId: 2 });
	const runtimeAt = (baseUrl: string) =>
		createAgentClient({ baseUrl, agentApiKey: 'k', runId: 7, credentialsToken: 't' });
	const pathOf = ({ path }: SharedOperation) =>
		path
			.replace('{agentId}', '2')
			.replace('{runId}', '7')
			.replace('{integrationKey}', 'hubspot')
			.replace('{connectionId}', 'conn_smtp');

	it('is all that can be called', () => {
		expect(Object.keys(calls).sort()).toEqual(shared.operations.map(({ call }) => call).sort());
	});

	it.each(shared.operations)('$call is sent as it says, and its answer is read', async operation => {
		const { call, method, body, answer } = operation;
		const { url, seen } = await stubPlatform(answer ? json(answer) : text('a file'));
		const result = await calls[call]?.(url);
		expect(seen).toMatchObject([{ method, url: pathOf(operation) }]);
		expect(seen[0]?.body ? JSON.parse(seen[0].body) : undefined).toEqual(body);
		if (answer && call !== 'agent.callback') expect(result).toEqual(answer);
	});

	it('an error is told as it says', async () => {
		const { url } = await stubPlatform(json(shared.error, 404));
		await expect(clientAt(url).runs.get(7)).rejects.toMatchObject({ message: 'There is no such run.' });
	});
});
