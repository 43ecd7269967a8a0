import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { call, createTrigger, garden, Json } from './harness.ts';
import { AGENT, mint, shared, zoneCall, zoneInfo, zoneSandbox } from './zone-harness.ts';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

async function documentOf(sandbox: Sandbox): Promise<Json> {
	const response = await fetch(`${sandbox.url}/openapi.json`);
	expect(response.headers.get('content-type')).toMatch(/^application\/json/);
	return new Json(await response.json());
}

function keys(value: unknown): string[] {
	return Object.keys(Object(value));
}

/** Every `METHOD /path` that the document describes. */
function operations(document: Json): string[] {
	return keys(document.at('paths')).flatMap(path =>
		keys(Object(document.at('paths'))[path])
			.filter(method => METHODS.includes(method))
			.map(method => `${method.toUpperCase()} ${path}`),
	);
}

/** Whether a body fits the schema that stands at this place in the document. */
function checker(document: Json) {
	const ajv = new Ajv2020({ strict: false, allErrors: true });
	formats.default(ajv);
	ajv.addSchema(Object(document.value), 'wire');
	return (place: readonly string[], body: unknown) => {
		const pointer = place.map(part => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
		const validate = ajv.getSchema(`wire#/${encodeURI(pointer).replaceAll('%7E', '~')}`);
		if (!validate) throw new Error(`The document has no schema at ${pointer}.`);
		expect({ place, fits: validate(body), errors: validate.errors }).toEqual({
			place,
			fits: true,
			errors: null,
		});
	};
}

interface Sent {
	readonly path: string;
	readonly body?: unknown;
	readonly key?: string;
}

async function send(sandbox: Sandbox, method: string, { path, body, key }: Sent, headers = {}) {
	const response = await fetch(sandbox.url + path, {
		method,
		headers: {
			...(key !== '' && { 'X-Api-Key': key ?? sandbox.keys.owner }),
			...(body !== undefined && { 'Content-Type': 'application/json' }),
			...headers,
		},
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
	const type = response.headers.get('content-type')?.split(';')[0] ?? '';
	const text = await response.text();
	return { status: response.status, type, body: type === 'application/json' ? JSON.parse(text) : text };
}

/** How each documented operation is reached, once for each kind of answer that it has. */
async function drives(sandbox: Sandbox): Promise<Record<string, Sent[]>> {
	const message = { message: 'When do tomatoes need staking?' };
	const sync = await createTrigger(sandbox);
	const as = (format: string) =>
		createTrigger(sandbox, { response_adapter: { format, split_messages: true, max_messages: 2 } });
	const background = await createTrigger(sandbox, {
		execution: { mode: 'async', callback: { url: 'http://127.0.0.1:9/' } },
		context_mapping: { who: '$.who' },
		session_strategy: { mode: 'derive', fields: ['who'] },
	});
	const dispatched = await send(sandbox, 'POST', { path: `/api/triggers/webhook/${sync.id}`, body: message });
	const one = `/api/triggers/${sync.id}`;
	const formats = await Promise.all(['raw', 'ebarn', 'slack', 'teams', 'twiml'].map(as));
	return {
		'GET /health': [{ path: '/health', key: '' }],
		'GET /api/v2/agents': [{ path: '/api/v2/agents' }],
		'POST /api/v2/agents/{agentId}/stream': [
			{ path: `/api/v2/agents/${sandbox.agentId}/stream`, body: { ...message, attachments: [{ url: 'x' }] } },
		],
		'GET /api/v2/agents/{agentId}/sessions': [
			{ path: `/api/v2/agents/${sandbox.agentId}/sessions?limit=5&include_expired=true` },
		],
		'POST /api/triggers/webhook/{id}': [sync, background, ...formats].map(({ id }) => ({
			path: `/api/triggers/webhook/${id}`,
			body: { ...message, who: 'Ann' },
		})),
		'POST /api/triggers': [
			{ path: '/api/triggers', body: { agent_id: sandbox.agentId, name: 'n', trigger_type: 'webhook' } },
		],
		'GET /api/triggers': [{ path: '/api/triggers?page=1&limit=50' }],
		'GET /api/triggers/{id}': [{ path: one }, { path: `/api/triggers/${background.id}` }],
		'PATCH /api/triggers/{id}': [{ path: one, body: { name: 'm' } }],
		'POST /api/triggers/{id}/enable': [{ path: `${one}/enable` }],
		'POST /api/triggers/{id}/disable': [{ path: `${one}/disable` }],
		'GET /api/triggers/{id}/executions': [{ path: `${one}/executions` }],
		'GET /api/triggers/{id}/executions/{executionId}': [
			{ path: `${one}/executions/${dispatched.body.execution_id}` },
		],
		'DELETE /api/triggers/{id}': [{ path: `/api/triggers/${formats[0]?.id}` }],
	};
}

/** The other operations are cxpa's. */
function isZihin(operation: string): boolean {
	return / \/(?:api\/v2|api\/triggers|health)/.test(operation);
}

/** How each operation of cxpa is reached, once for each kind of answer that it has. */
async function zoneDrives(sandbox: Sandbox) {
	const { ingestApiKey, agentApiKey } = await zoneInfo(sandbox, AGENT.endless);
	const filer = await zoneInfo(sandbox, AGENT.filer);
	const [report, endless] = [await mint(sandbox, AGENT.report), await mint(sandbox, AGENT.endless)];
	const external = { externalRunId: 'ext-1' };
	const register = {
		path: `/api/agents/${AGENT.endless}/runs/register`,
		bearer: ingestApiKey,
		body: external,
	};
	const registered = await zoneCall(sandbox, `POST ${register.path}`, register);
	const runId = registered.body.text('runId');
	const credentials = { 'X-Credentials-Token': registered.body.text('credentialsToken') };
	const [zone, runs] = [`/api/zones/agents/${AGENT.endless}`, `/api/agents/${AGENT.endless}/runs`];
	const waits = (name: string) => [
		{ path: `/api/zones/agents/${AGENT.report}/runs/${name}`, bearer: report, body: {} },
		{ path: `${zone}/runs/${name}`, bearer: endless, body: { payload: {}, timeoutMs: 1 } },
	];
	return {
		'POST /api/zones/agents/{agentId}/runs': [{ path: `${zone}/runs`, bearer: endless, body: {} }],
		'POST /api/zones/agents/{agentId}/runs/create-and-wait': waits('create-and-wait'),
		'POST /api/zones/agents/{agentId}/runs/trigger-and-wait': waits('trigger-and-wait'),
		'GET /api/zones/agents/{agentId}/runs/{runId}': [{ path: `${zone}/runs/${runId}`, bearer: endless }],
		'GET /api/zones/agents/{agentId}/credentials/{integrationKey}': ['stripe', 'smtp', 'hubspot'].map(
			key => ({
				path: `${zone}/credentials/${key}`,
				bearer: endless,
			}),
		),
		'GET /api/zones/agents/{agentId}/credentials/{integrationKey}/resolve': [
			{ path: `${zone}/credentials/smtp/resolve`, bearer: endless },
		],
		'POST /api/agents/{agentId}/runs/trigger': [{ path: `${runs}/trigger`, bearer: ingestApiKey, body: {} }],
		'POST /api/agents/{agentId}/runs/trigger-and-wait': [
			{ path: `${runs}/trigger-and-wait`, bearer: ingestApiKey, body: { timeoutMs: 1 } },
		],
		'POST /api/agents/{agentId}/runs/trigger-and-download': [
			{
				path: `/api/agents/${AGENT.filer}/runs/trigger-and-download`,
				bearer: filer.ingestApiKey,
				body: {},
			},
		],
		'POST /api/agents/{agentId}/runs/register': [register],
		'POST /api/agents/{agentId}/runs/ingest': [
			{ path: `${runs}/ingest`, bearer: ingestApiKey, body: { ...external, status: 'running' } },
		],
		'POST /api/runs/{runId}/callback': [
			{ path: `/api/runs/${runId}/callback`, bearer: agentApiKey, body: { type: 'started' } },
		],
		'GET /api/credentials/{connectionId}/resolve': [
			{ path: '/api/credentials/conn_smtp/resolve', bearer: agentApiKey, headers: credentials },
		],
	};
}

test('every path and method of cxpa is there, and answers as the document says, also what went wrong', async () => {
	const sandbox = await zoneSandbox();
	const document = await documentOf(sandbox);
	const fits = checker(document);
	const driven = await zoneDrives(sandbox);
	const described = operations(document).filter(operation => !isZihin(operation));
	expect(keys(driven).sort()).toEqual(described.sort());
	for (const [operation, calls] of Object.entries(driven)) {
		const [method = '', path = ''] = operation.split(' ');
		const place = ['paths', path, method.toLowerCase(), 'responses'];
		for (const { bearer, ...sent } of calls) {
			const { status, type, body } = await zoneCall(sandbox, `${method} ${sent.path}`, { bearer, ...sent });
			fits([...place, String(status), 'content', type, 'schema'], body.value);
			const refused = await zoneCall(sandbox, `${method} ${sent.path}`, { ...sent, bearer: 'nobody' });
			expect([operation, refused.status]).toEqual([operation, 401]);
			fits(['components', 'responses', 'ZoneFailure', 'content', refused.type, 'schema'], refused.body.value);
		}
	}
});

test('what both sides of cxpa agree on is what the document says', async () => {
	const document = await documentOf(await zoneSandbox());
	const fits = checker(document);
	for (const { method, path, body, answer } of shared.operations) {
		expect(operations(document)).toContain(`${method} ${path}`);
		const place = ['paths', path, method.toLowerCase()];
		if (body) fits([...place, 'requestBody', 'content', 'application/json', 'schema'], body);
		if (answer) fits([...place, 'responses', '200', 'content', 'application/json', 'schema'], answer);
	}
	fits(['components', 'responses', 'ZoneFailure', 'content', 'application/json', 'schema'], shared.error);
});

test('the document is valid OpenAPI 3.1', async () => {
	const document = await documentOf(await garden());
	const result = await new Validator().validate(Object(document.value));
	expect(result).toMatchObject({ valid: true });
	expect(document.at('openapi')).toBe('3.1.0');
});

test('every path and method of the document is there, and answers as the document says', async () => {
	const sandbox = await garden();
	const document = await documentOf(sandbox);
	const fits = checker(document);
	const driven = await drives(sandbox);
	expect(keys(driven).sort()).toEqual(operations(document).filter(isZihin).sort());

	for (const [operation, calls] of Object.entries(driven)) {
		const [method = '', path = ''] = operation.split(' ');
		const place = ['paths', path, method.toLowerCase(), 'responses'];
		const seen = new Set<string>();
		for (const each of calls) {
			const { status, type, body } = await send(sandbox, method, each);
			seen.add(`${status} ${type}`);
			fits([...place, String(status), 'content', type, 'schema'], body);
		}
		const responses = Object(document.at('paths'))[path][method.toLowerCase()].responses;
		const described = keys(responses)
			.filter(status => status !== 'default')
			.flatMap(status => keys(responses[status].content).map(type => `${status} ${type}`));
		expect([operation, [...seen].sort()]).toEqual([operation, described.sort()]);
	}
});

test.each(['nested', 'flat'])(
	'an error in the %s envelope is as the document says, everywhere',
	async envelope => {
		const sandbox = await garden();
		const document = await documentOf(sandbox);
		const fits = checker(document);
		for (const [operation, [first]] of Object.entries(await drives(sandbox))) {
			if (!first || operation === 'GET /health') continue;
			const headers = { 'X-Sandbox-Error-Envelope': envelope };
			const answer = await send(sandbox, operation.split(' ')[0] ?? '', { ...first, key: '' }, headers);
			expect([operation, answer.status]).toEqual([operation, 401]);
			fits(['components', 'responses', 'Failure', 'content', answer.type, 'schema'], answer.body);
		}
	},
);

test('every event of a stream is one that the document describes', async () => {
	const sandbox = await garden();
	const fits = checker(await documentOf(sandbox));
	const [turn] = (await drives(sandbox))['POST /api/v2/agents/{agentId}/stream'] ?? [];
	if (!turn) throw new Error('The stream is not driven.');
	const { body } = await send(sandbox, 'POST', turn);
	const events = String(body)
		.split('\n\n')
		.map(block => /^event: (.*)\ndata: (.*)$/.exec(block))
		.filter(match => match !== null);
	expect(events.length).toBeGreaterThan(5);
	for (const [, event, data = ''] of events) {
		fits(['components', 'schemas', 'StreamEvent'], { event, data: JSON.parse(data) });
	}
});

test('every field says whether it is documented, inferred or assumed', async () => {
	const document = await documentOf(await garden());
	const unmarked: string[] = [];
	const visit = (value: unknown, path: string): void => {
		for (const key of keys(value)) {
			const child: unknown = Object(value)[key];
			if (key === 'properties') {
				for (const field of keys(child)) {
					const schema = Object(child)[field];
					// What holds fields of its own is marked by them.
					const holds = JSON.stringify(schema).includes('"properties"') || schema.$ref !== undefined;
					if (!holds && !['documented', 'inferred', 'assumed'].includes(schema['x-origin'])) {
						unmarked.push(`${path}/${field}`);
					}
				}
			}
			if (key === 'schema' && path.includes('parameters') && Object(child)['x-origin'] === undefined) {
				unmarked.push(path);
			}
			if (typeof child === 'object') visit(child, `${path}/${key}`);
		}
	};
	visit(document.value, '');
	expect(unmarked).toEqual([]);
});

test('the document needs no key, and is no place for another page to read from', async () => {
	const sandbox = await garden();
	expect((await call(sandbox, 'GET /openapi.json', { key: undefined })).status).toBe(200);
	const headers = { Origin: 'https://evil.com' };
	expect((await call(sandbox, 'GET /openapi.json', { headers })).status).toBe(403);
});
