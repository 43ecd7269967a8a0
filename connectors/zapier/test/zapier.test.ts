import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { OperationName, OperationOutputs } from '@zihin/connector-kit';
import { describeConnector } from '@zihin/connector-kit/testing/connector-contract';
import {
	answerJson,
	type ReceivedRequest,
	type StubServer,
	startStubServer,
} from '@zihin/connector-kit/testing/stub-server';
import { type Sandbox, startSandbox } from '@zihin/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readDefinition } from './definition.ts';
import { openHost, type ZapierHost } from './host.ts';
import { keyPaths } from './surface.ts';

describeConnector('Zapier', openHost);
describeConnector('Zapier', openHost, 'bare');

const KEY = 'zhn_live_0123456789abcdef0123456789abcdef';
const KEPT = {
	id: 't',
	triggerId: 't',
	agentId: 'a',
	callbackUrl: 'https://hooks.zapier.example/1/?zihin_token=00000000000000000000000000000000',
	callbackToken: '00000000000000000000000000000000',
};
/** Every method of the app that calls Zihin. Written here by its path, as saved Zaps know it. */
const CALLS: readonly (readonly [method: string, bundle: object])[] = [
	['creates.invoke_agent.operation.perform', { inputData: { agentId: 'a', message: 'Hi' } }],
	['creates.dispatch_agent.operation.perform', { inputData: { triggerId: 't', message: 'Hi' } }],
	['creates.dispatch_agent_and_wait.operation.perform', { inputData: { agentId: 'a', message: 'Hi' } }],
	['creates.create_trigger.operation.perform', { inputData: { agentId: 'a', name: 'Order desk' } }],
	['searches.find_agent.operation.perform', { inputData: { nameOrId: 'Sales' } }],
	['searches.list_agents.operation.perform', {}],
	['searches.find_trigger.operation.perform', { inputData: { agentId: 'a', name: 'Order desk' } }],
	['searches.get_execution.operation.perform', { inputData: { triggerId: 't', executionId: 'e' } }],
	['triggers.agent_list.operation.perform', {}],
	['triggers.trigger_list.operation.perform', {}],
	['triggers.agent_run_finished.operation.performList', { inputData: { agentId: 'a' } }],
	[
		'triggers.agent_run_finished.operation.performSubscribe',
		{ inputData: { agentId: 'a' }, targetUrl: 'https://hooks.zapier.example/1/' },
	],
];

describe('Zapier: with the sandbox', () => {
	let sandbox: Sandbox;
	let host: ZapierHost;

	beforeAll(async () => {
		sandbox = await startSandbox({ port: 0 });
		host = await openHost({ apiKey: sandbox.keys.editor, baseUrl: sandbox.url, allowHttp: true });
	});
	afterAll(() => sandbox.close());

	it('names a connection by its host, the kind of its key and the number of its agents', async () => {
		const found = await host.call('authentication.test');
		expect(await host.call('authentication.connectionLabel', found)).toBe(
			`${new URL(sandbox.url).host}, test key, 11 agents`,
		);
		expect(JSON.stringify(found)).not.toContain(sandbox.keys.editor);
	});

	it('every operation returns what its sample shows', async () => {
		const definition = await readDefinition();
		const { agentId } = sandbox;
		const trigger = await runAs(host, 'findOrCreateTrigger', { agentId, name: 'Samples' });
		const { triggerId } = trigger;
		const { id: executionId } = await runAs(host, 'dispatchAgent', { triggerId, message: 'Hi' });
		const inputs = {
			'creates.invoke_agent': { agentId, message: 'Hi' },
			'creates.dispatch_agent': { agentId, message: 'Hi' },
			'creates.create_trigger': { agentId, name: 'Samples' },
			'searches.find_agent': { nameOrId: agentId },
			'searches.list_agents': {},
			'searches.find_trigger': { agentId, name: 'Samples' },
			'searches.get_execution': { triggerId, executionId },
		};
		for (const [name, input] of Object.entries(inputs)) {
			const [kind, key = ''] = name.split('.');
			const { operation } = (kind === 'creates' ? definition.creates : definition.searches)[key] ?? {};
			const [output] = [await host.call(`${name}.operation.perform`, input)].flat();
			expect(keyPaths(Object(output)), name).toEqual(
				expect.arrayContaining([...keyPaths(operation?.sample ?? {})]),
			);
			expect(Object.keys(Object(output)), name).toEqual(Object.keys(operation?.sample ?? {}));
		}
	});

	it.each([
		['find_agent', { nameOrId: 'Nobody' }],
		['list_agents', { search: 'Nobody' }],
		['find_trigger', { agentId: 'a', name: 'None' }],
		['get_execution', { triggerId: 't', executionId: 'e' }],
	])('%s that finds nothing is no failure', async (key, inputs) => {
		expect(await host.call(`searches.${key}.operation.perform`, inputs)).toEqual([]);
	});

	it('an agent that is too slow for a step fails with what to do instead', async () => {
		const slow = await startSandbox({ port: 0, tokenDelayMs: 60_000 });
		const patient = await openHost({ apiKey: slow.keys.editor, baseUrl: slow.url, allowHttp: true });
		try {
			const error = await failureOf(
				patient.run('invokeAgent', { agentId: slow.agentId, message: 'Hi', timeoutSeconds: 1 }),
			);
			expect(error.name).toBe('AppError');
			expect(JSON.parse(error.message)).toMatchObject({ code: 'timeout' });
			expect(error.message).toMatch(/use Dispatch Agent and Wait/);
		} finally {
			await slow.close();
		}
	});
});

describe('Zapier: with a server that answers otherwise', () => {
	const servers: StubServer[] = [];
	afterEach(() => Promise.all(servers.splice(0).map(server => server.close())));

	async function serve(answer: (response: ServerResponse, request: ReceivedRequest) => void) {
		const server = await startStubServer(answer);
		servers.push(server);
		return { server, host: await openHost({ apiKey: KEY, baseUrl: server.url, allowHttp: true }) };
	}

	it.each(CALLS)('%s never follows a redirect', async (method, bundle) => {
		const other = await serve(response => answerJson(response, 200, { data: [] }));
		for (const status of [301, 302, 303, 307, 308]) {
			const { host } = await serve(response =>
				response.writeHead(status, { location: `${other.server.url}/elsewhere` }).end(),
			);
			const { name, message } = await failureOf(host.execute(method, bundle));
			expect(name).toBe('AppError');
			expect(message).toMatch(/redirect, which is not followed/);
		}
		expect(other.server.requests).toEqual([]);
	});

	it.each(CALLS)('%s with a refused key asks to reconnect', async (method, bundle) => {
		const { host } = await serve(response => answerJson(response, 401, { message: 'Unauthorized' }));
		const error = await failureOf(host.execute(method, bundle));
		expect(error.name).toBe('ExpiredAuthError');
		expect(error.message).toMatch(/^The API key was refused.*Reconnect with a key[^\n]*$/);
	});

	it('a connection whose key is refused is only told so: there is nothing yet to reconnect', async () => {
		const { host } = await serve(response => answerJson(response, 401, { message: 'Unauthorized' }));
		const error = await failureOf(host.testConnection());
		expect(error.name).toBe('AppError');
		expect(JSON.parse(error.message)).toEqual({
			message: expect.stringMatching(/^The API key was refused/),
			code: 'auth',
			status: 401,
		});
	});

	it.each(CALLS)('%s is held back for as long as the server asks for', async (method, bundle) => {
		const { host, server } = await serve(response =>
			answerJson(response, 429, { message: 'Slow down' }, { 'retry-after': '40' }),
		);
		const error = await failureOf(host.execute(method, bundle));
		expect(error.name).toBe('ThrottledError');
		expect(JSON.parse(error.message)).toEqual({
			message: expect.stringMatching(/too many requests/),
			delay: 40,
		});
		expect(server.requests).toHaveLength(1);
	});

	it('a quota that is used up stops the step, because waiting does not help', async () => {
		const { host, server } = await serve(response =>
			answerJson(response, 429, { code: 'quota_exceeded', message: 'No tokens left' }),
		);
		const error = await failureOf(host.run('invokeAgent', { agentId: 'a', message: 'Hi' }));
		expect(error.name).toBe('HaltedError');
		expect(error.message).toContain('No tokens left');
		expect(server.requests).toHaveLength(1);
	});

	it.each([
		['a key without the right', 403, { code: 'FORBIDDEN' }, /admin or editor/],
		['an agent of somebody else', 403, { code: 'AGENT_ACCESS_DENIED' }, /does not exist/],
		['an agent that is gone', 404, { code: 'AGENT_NOT_FOUND' }, /does not exist/],
	])('%s stops the step without an alarm', async (_name, status, body, expected) => {
		const { host } = await serve(response => answerJson(response, status, body));
		const error = await failureOf(host.run('invokeAgent', { agentId: 'a', message: 'Hi' }));
		expect(error.name).toBe('HaltedError');
		expect(error.message).toMatch(expected);
	});

	it.each([401, 403, 404, 429, 500])(
		'a server that repeats the key in a %i keeps it from everyone',
		async status => {
			const { host } = await serve(response =>
				answerJson(
					response,
					status,
					{ message: `${KEY} is bad`, code: 'quota_exceeded' },
					{ 'retry-after': '99' },
				),
			);
			for (const [method, bundle] of CALLS) {
				const error = await host.execute(method, bundle).catch((cause: unknown) => cause as Error);
				if (!(error instanceof Error)) continue;
				expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(KEY);
			}
			expect((await failureOf(host.testConnection())).message).not.toContain(KEY);
			expect(host.log.filter(isRequest)).not.toHaveLength(0);
			expect(JSON.stringify(host.log)).not.toContain(KEY);
		},
	);

	it.each(CALLS.filter(([method]) => !/create_trigger|and_wait|finished/.test(method)))(
		'%s stands in the log once, without the key',
		async (method, bundle) => {
			const { host, server } = await serve(answerWell);
			await host.execute(method, bundle);
			expect(server.requests.map(({ headers }) => headers['x-api-key'])).toEqual([KEY]);
			const logged = host.log.filter(isRequest);
			expect(logged).toHaveLength(1);
			expect(logged[0]?.request_headers).toMatch(/^x-api-key: :censored:\d+:\w+:$/im);
			expect(JSON.stringify(host.log)).not.toContain(KEY);
		},
	);

	it('says who calls in a header of its own', async () => {
		const { host, server } = await serve(answerWell);
		await host.run('listAgents', {});
		expect(server.requests[0]?.headers).toMatchObject({
			'user-agent': 'Zapier',
			'x-client': expect.stringMatching(/^zihin-agent-client\/\d/),
		});
	});

	it('a message of templates is neither emptied nor refused', async () => {
		const { host, server } = await serve(answerWell);
		const message = '{{name}} {{bundle.authData.apiKey}} {{ bundle.inputData.message }} {{process.env.HOME}}';
		await host.run('invokeAgent', { agentId: 'a', message });
		await host.run('dispatchAgent', { triggerId: 't', message });
		expect(server.requests.map(({ body }) => JSON.parse(body).message)).toEqual([message, message]);
	});

	it('a test in the editor of a step that sleeps shows its sample, and calls nobody', async () => {
		const { host, server } = await serve(answerWell);
		const shown = await host.execute('creates.dispatch_agent_and_wait.operation.perform', {
			inputData: { agentId: 'a', message: 'Hi' },
			meta: { isLoadingSample: true },
		});
		const { creates } = await readDefinition();
		expect(shown).toEqual({ status: 'SUCCESS', results: creates.dispatch_agent_and_wait?.operation.sample });
		expect(server.requests).toEqual([]);
	});

	it.each([404, 410])('a Zap whose trigger is gone with %i is switched off', async status => {
		const { host, server } = await serve(response => answerJson(response, status, { message: 'Gone' }));
		await host.execute('triggers.agent_run_finished.operation.performUnsubscribe', { subscribeData: KEPT });
		expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
			'DELETE /api/triggers/t',
		]);
	});

	it('a list of many agents comes page by page, each agent once', async () => {
		const agents = Array.from({ length: 250 }, (_, index) => ({ id: `${index}`, name: `Agent ${index}` }));
		const { host } = await serve(response => answerJson(response, 200, { data: agents }));
		const pages = await Promise.all(
			[0, 1, 2, 3].map(page => host.call('triggers.agent_list.operation.perform', {}, { page })),
		);
		expect(pages.map(page => (page as object[]).length)).toEqual([100, 100, 50, 0]);
		const ids = pages.flat().map(agent => (agent as { id: string }).id);
		expect(new Set(ids).size).toBe(250);
	});

	it('a form whose mapped values are not known yet sends none of them', async () => {
		const { host, server } = await serve(answerWell);
		const listed = await host.call(
			'triggers.agent_list.operation.perform',
			{ agentId: '{{12__id}}', search: '{{12__name}}', message: '{{12__text}}' },
			{ isFillingDynamicDropdown: true },
		);
		expect(listed).toHaveLength(AGENTS.length);
		expect(server.requests.map(({ path, body }) => `${path}${body}`)).toEqual(['/api/v2/agents']);
	});

	it.each([
		['sales', ['3', '1', '2']],
		['  SALES DESK ', ['2']],
		['ana', ['1']],
		['2', ['2']],
		['', ['1', '2', '3', '4']],
		['nobody', []],
	])('a search for "%s" finds the exact name first', async (search, expected) => {
		const { host, server } = await serve(answerWell);
		const found = await runAs(host, 'listAgents', { search });
		expect(found.map(({ id }) => id)).toEqual(expected);
		expect(server.requests).toHaveLength(1);
	});

	it('a step that ran out of time hangs up', async () => {
		const hangUps: Promise<unknown>[] = [];
		const { host } = await serve(response => {
			hangUps.push(once(response, 'close'));
			response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': thinking\n\n');
		});
		await failureOf(host.run('invokeAgent', { agentId: 'a', message: 'Hi', timeoutSeconds: 1 }));
		expect(hangUps).toHaveLength(1);
		await Promise.all(hangUps);
	});
});

const AGENTS = [
	{ id: '1', name: 'Presales', commercial_name: 'Ana' },
	{ id: '2', name: 'Sales Desk' },
	{ id: '3', name: 'Sales' },
	{ id: '4', name: 'Support' },
];

/** As the platform does, with the least that each call needs. */
function answerWell(response: ServerResponse, { path = '' }: ReceivedRequest): void {
	if (path === '/api/v2/agents') {
		answerJson(response, 200, { data: AGENTS });
		return;
	}
	if (path === '/api/triggers') {
		answerJson(response, 200, { data: [] });
		return;
	}
	if (path === '/api/triggers/t/executions/e') {
		answerJson(response, 200, { data: { id: 'e', trigger_id: 't', status: 'completed' } });
		return;
	}
	if (path.startsWith('/api/triggers/webhook/')) {
		answerJson(response, 202, { execution_id: 'e' });
		return;
	}
	response
		.writeHead(200, { 'content-type': 'text/event-stream' })
		.end(
			'event: response\ndata: {"content":"Hello"}\n\nevent: done\ndata: {"outcome":"COMPLETED"}\n\ndata: [DONE]\n\n',
		);
}

async function runAs<Name extends OperationName>(host: ZapierHost, name: Name, inputs: object) {
	return (await host.run(name, { ...inputs })) as OperationOutputs[Name];
}

async function failureOf(run: Promise<unknown>): Promise<Error> {
	const outcome: unknown = await run.catch((error: unknown) => error);
	if (outcome instanceof Error) return outcome;
	throw new Error(`No error, but ${JSON.stringify(outcome)}`);
}

function isRequest({ log_type }: { readonly log_type: string }): boolean {
	return log_type === 'http';
}
