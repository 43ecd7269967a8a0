import type { ServerResponse } from 'node:http';
import { describeConnector } from '@zihin/connector-kit/testing/connector-contract';
import type { ConnectionInputs } from '@zihin/connector-kit/testing/host';
import {
	answerJson,
	type ReceivedRequest,
	type StubServer,
	startStubServer,
} from '@zihin/connector-kit/testing/stub-server';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { itemsOf, type N8nHost, openHost, parametersFor } from './host.mts';
import { parametersOf } from './workflows.mts';

const openInstalled = (connection: ConnectionInputs) => openHost(connection, inject('installed'));

describeConnector('n8n', openInstalled);
describeConnector('n8n', openInstalled, 'bare');

const KEY = 'zhn_test_0123456789abcdef';
const AGENT = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const servers: StubServer[] = [];
const hosts: N8nHost[] = [];

afterEach(async () => {
	await Promise.all(hosts.splice(0).map(host => host.close()));
	await Promise.all(servers.splice(0).map(server => server.close()));
});

async function serve(answer: Parameters<typeof startStubServer>[0]): Promise<StubServer> {
	const server = await startStubServer(answer);
	servers.push(server);
	return server;
}

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** Answers every invocation with its own message. */
function echo(response: ServerResponse, { body }: ReceivedRequest): void {
	const { message } = JSON.parse(body) as { message: string };
	response.writeHead(200, { 'Content-Type': 'text/event-stream' });
	response.end(event('response', { content: message }) + event('done', { outcome: 'COMPLETED' }));
}

async function open(baseUrl: string): Promise<N8nHost> {
	const host = await openInstalled({ apiKey: KEY, baseUrl, allowHttp: true });
	hosts.push(host);
	return host;
}
const invoke = (message: string) => parametersFor('invokeAgent', { agentId: AGENT, message });

describe('the node', () => {
	it('runs once for each item, and pairs each result with its item', async () => {
		const { url } = await serve(echo);
		const host = await open(url);
		const items = ['one', 'two', 'three'].map(word => ({ json: { word } }));
		const run = await host.execute(invoke('={{ $json.word }}'), { items });
		expect(itemsOf(run).map(({ json, pairedItem }) => [json.content, pairedItem])).toEqual([
			['one', { item: 0 }],
			['two', { item: 1 }],
			['three', { item: 2 }],
		]);
	});

	it('carries on with the other items when it is told to continue on fail', async () => {
		const { url } = await serve((response, request) =>
			request.path?.includes('broken') ? answerJson(response, 404, {}) : echo(response, request),
		);
		const host = await open(url);
		const items = ['fine', 'broken'].map(agentId => ({ json: { agentId } }));
		const parameters = parametersFor('invokeAgent', { agentId: '={{ $json.agentId }}', message: 'Hi' });
		const run = await host.execute(parameters, { items, node: { onError: 'continueRegularOutput' } });
		const [fine, broken] = itemsOf(run);
		expect(fine?.json).toMatchObject({ content: 'Hi' });
		expect(broken?.json.error).toMatch(/does not exist/);
		expect(broken?.pairedItem).toEqual({ item: 1 });
	});

	it('is not run again by Retry On Fail after an answer: a success holds no error field', async () => {
		const { url, requests } = await serve(echo);
		const host = await open(url);
		const node = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
		const [item] = itemsOf(await host.execute(invoke('Hi'), { node }));
		expect(item?.json.error).toBeUndefined();
		expect(requests).toHaveLength(1);
	});

	it('names the item, the status and the next step of a failure', async () => {
		const { url } = await serve(response => answerJson(response, 401, {}));
		const host = await open(url);
		const { error } = (await host.execute(invoke('Hi'))).data.resultData;
		expect(error).toMatchObject({
			message: expect.stringMatching(/key was refused/),
			description: expect.stringMatching(/Reconnect/),
			httpCode: '401',
			context: { itemIndex: 0 },
		});
	});

	it('does not follow a redirect: the other host gets no request', async () => {
		const other = await serve(echo);
		const { url, requests } = await serve(response => answerJson(response, 307, {}, { Location: other.url }));
		const host = await open(url);
		await expect(host.run('invokeAgent', { agentId: AGENT, message: 'Hi' })).rejects.toMatchObject({
			message: expect.stringMatching(/redirect/),
		});
		expect(requests).toHaveLength(1);
		expect(other.requests).toHaveLength(0);
	});

	it('shows no key, even when the server repeats it', async () => {
		const { url } = await serve(response =>
			answerJson(response, 500, { error: { code: 'X', message: `Key ${KEY} is broken` } }),
		);
		const run = await (await open(url)).execute(invoke('Hi'));
		expect(run.data.resultData.error).toBeDefined();
		expect(JSON.stringify(run.data.resultData)).not.toContain(KEY);
	});

	it('stops at the timeout that the user set, and closes the connection', async () => {
		const closed = Promise.withResolvers<void>();
		const { url } = await serve(response => {
			response.once('close', () => closed.resolve());
			response.writeHead(200, { 'Content-Type': 'text/event-stream' });
			const comments = setInterval(() => response.write(': still here\n\n'), 100);
			response.once('close', () => clearInterval(comments));
		});
		const parameters = parametersFor('invokeAgent', { agentId: AGENT, message: 'Hi', timeoutSeconds: 1 });
		const run = await (await open(url)).execute(parameters);
		expect(run.data.resultData.error?.message).toMatch(/did not finish in time/);
		await closed.promise;
	});

	it('shows each piece of an answer before the agent has written the next', async () => {
		const shown = Promise.withResolvers<void>();
		const { url } = await serve(async response => {
			response.writeHead(200, { 'Content-Type': 'text/event-stream' });
			response.write(event('token', { content: 'One, ' }));
			await shown.promise;
			response.end(event('response', { content: 'One, two.' }) + event('done', { outcome: 'COMPLETED' }));
		});
		const pieces: unknown[] = [];
		const parameters = parametersOf('agent', 'invokeAndStream', { agentId: AGENT, message: 'Count' });
		const run = await (await open(url)).execute(parameters, {
			onChunk: ({ type, content }) => {
				if (type !== 'item') return;
				pieces.push(content);
				shown.resolve();
			},
		});
		expect(itemsOf(run)[0]?.json.content).toBe('One, two.');
		expect(pieces.slice(0, 2)).toEqual(['One, ', 'two.']);
	});

	it('closes the connection to the agent when the execution is stopped', async () => {
		const closed = Promise.withResolvers<void>();
		const asked = Promise.withResolvers<void>();
		const { url } = await serve(response => {
			response.once('close', () => closed.resolve());
			response.writeHead(200, { 'Content-Type': 'text/event-stream' });
			response.write(': still here\n\n');
			asked.resolve();
		});
		const execution = (await open(url)).start(invoke('Hi'));
		await asked.promise;
		execution.cancel();
		await closed.promise;
	});

	it.each([
		[401, {}, { cause: 'credential-invalid' }],
		[403, {}, { cause: 'configuration-invalid' }],
		[404, {}, { cause: 'configuration-invalid' }],
		[429, { 'Retry-After': '3600' }, { cause: 'rate-limited', retryAfterMs: 3_600_000 }],
		[503, { 'Retry-After': '3600' }, { cause: 'temporarily-unavailable', retryAfterMs: 3_600_000 }],
	])('tells n8n why a call failed with %i', async (status, headers, failure) => {
		const { url } = await serve(response => answerJson(response, status, {}, headers));
		const { error } = (await (await open(url)).execute(invoke('Hi'))).data.resultData;
		expect(error).toHaveProperty('failure', failure);
	});

	it('does not invite to repeat a call that may have run the agent', async () => {
		const { url } = await serve(response => answerJson(response, 500, {}));
		const { error } = (await (await open(url)).execute(invoke('Hi'))).data.resultData;
		expect(error).not.toHaveProperty('failure.cause');
		expect(error).toHaveProperty('description', expect.stringMatching(/may have run all the same/));
	});

	it('sends the ids of your own, and the files, as the platform takes them', async () => {
		const { url, requests } = await serve(echo);
		const inputs = { agentId: AGENT, message: 'Hi', traceId: 't-1', binaryFields: 'photo, note' };
		const binary = {
			photo: { data: 'aGVsbG8=', mimeType: 'image/png', fileName: 'photo.png' },
			note: { data: 'aGk=', mimeType: 'text/plain' },
		};
		await (await open(url)).execute(parametersOf('agent', 'invoke', inputs), {
			items: [{ json: {}, binary }],
		});
		expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
			message: 'Hi',
			metadata: { trace_id: 't-1' },
			attachments: [
				{ url: 'data:image/png;base64,aGVsbG8=', filename: 'photo.png' },
				{ url: 'data:text/plain;base64,aGk=' },
			],
		});
	});
});

describe('the credential test', () => {
	const DEFAULT = 'https://llm.zihin.ai';

	it.each([
		['a switch is off', { baseUrl: 'https://zihin.corp.example' }, DEFAULT],
		['only HTTP is allowed', { baseUrl: 'http://zihin.corp.example', allowHttp: true }, DEFAULT],
		[
			'a name only begins like this machine',
			{ baseUrl: 'http://127.0.0.1.evil.example', allowHttp: true },
			DEFAULT,
		],
		['this machine is a user name', { baseUrl: 'https://localhost@evil.example', allowHttp: true }, DEFAULT],
		['the field is blank', { baseUrl: '', allowCustomBaseUrl: true }, DEFAULT],
		[
			'HTTP opens this machine',
			{ baseUrl: 'http://127.0.0.1:8787', allowHttp: true },
			'http://127.0.0.1:8787',
		],
		[
			'a custom base URL is allowed',
			{ baseUrl: 'https://zihin.corp.example', allowCustomBaseUrl: true },
			'https://zihin.corp.example',
		],
	])('where %s, the key goes to the right host only', async (_name, connection, expected) => {
		const host = await openInstalled({ apiKey: KEY, ...connection });
		hosts.push(host);
		expect(host.testedBaseUrl()).toBe(expected);
	});
});
