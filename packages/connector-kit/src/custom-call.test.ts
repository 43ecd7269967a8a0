import { createClient } from '@zihin/agent-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerJson, type StubServer, startStubServer } from '../testing/stub-server.ts';
import { customCall } from './custom-call.ts';
import type { Inputs } from './fields.ts';

describe('a call of one’s own', () => {
	let server: StubServer;
	beforeAll(async () => {
		server = await startStubServer((response, { method }) =>
			method === 'DELETE' ? void response.writeHead(204).end() : answerJson(response, 201, [{ a: 0 }]),
		);
	});
	afterAll(() => server.close());

	function call(inputs: Inputs) {
		const client = createClient({ apiKey: 'zhn_test_0123456789', baseUrl: server.url, allowHttp: true });
		const limits = { defaultTimeoutSeconds: 5, longestTimeoutSeconds: 5, longRunAdvice: '' };
		return customCall.run(inputs, { client, limits });
	}

	it('sends its JSON to the path of the connection, and returns what came', async () => {
		const output = await call({ method: 'POST', path: '/api/x?y=1', body: '{"b": "{{c}}"}' });
		expect(output).toEqual({ status: 201, body: [{ a: 0 }] });
		expect(server.requests.at(-1)).toMatchObject({
			method: 'POST',
			path: '/api/x?y=1',
			body: '{"b":"{{c}}"}',
			headers: { 'x-api-key': 'zhn_test_0123456789' },
		});
	});

	it('has a body of null where the answer had none', async () => {
		expect(await call({ method: 'DELETE', path: '/api/x' })).toEqual({ status: 204, body: null });
	});

	it.each([
		['another host', { path: 'https://evil.example/x' }, /path was refused/],
		['a path that leaves the base URL', { path: '/../x' }, /path was refused/],
		['no path', { path: '' }, /Path is empty/],
		[
			'a body that is no JSON',
			{ method: 'POST', path: '/x', body: '{key: zhn_test_1}' },
			/^JSON Body is not JSON\.$/,
		],
		['another method', { method: 'PUT', path: '/x' }, /Method must be one of/],
	])('with %s sends nothing', async (_what, inputs, message) => {
		const before = server.requests.length;
		await expect(call({ method: 'GET', ...inputs })).rejects.toMatchObject({ kind: 'config' });
		await expect(call({ method: 'GET', ...inputs })).rejects.toThrow(message);
		expect(server.requests).toHaveLength(before);
	});
});
