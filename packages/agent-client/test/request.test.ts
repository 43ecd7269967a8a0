import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../src/index.ts';
import {
	answer,
	type Behaviour,
	type FaultServer,
	inTurn,
	json,
	reset,
	startFaultServer,
} from './fault-server.ts';

const KEY = 'zhn_test_0123456789abcdef';
const servers: FaultServer[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await server.close();
});

async function serve(behaviour: Behaviour) {
	const server = await startFaultServer(behaviour);
	servers.push(server);
	const client = createClient({ apiKey: KEY, baseUrl: `${server.url}/zihin`, allowHttp: true });
	return { server, client };
}

describe('request', () => {
	it('calls a path below the base URL with the key and a JSON body', async () => {
		const { server, client } = await serve(json({ data: 1 }));
		const answered = await client.request({ method: 'PATCH', path: '/api/x?y=%22z%22', body: { a: 0 } });
		expect(answered).toEqual({ status: 200, body: { data: 1 } });
		expect(server.requests).toMatchObject([
			{ method: 'PATCH', path: '/zihin/api/x?y=%22z%22', body: '{"a":0}' },
		]);
		expect(server.requests[0]?.headers).toContainEqual(['x-api-key', KEY]);
	});

	it.each([
		'api/x',
		'//evil.example/x',
		'/api//x',
		'/../x',
		'/api/%2e%2E/x',
		'/api/./x',
		'/\\evil.example',
		'https://evil.example/',
		'@evil.example/',
		'.evil.example/',
		'/api/x#y',
		'/api/x#',
		'/api/x y',
		'/api/\n',
		'/é',
		'/api?q="x"',
		`/${'x'.repeat(2048)}`,
		'',
		undefined,
	])('refuses the path %j before anything is sent', async path => {
		const { server, client } = await serve(json({}));
		// @ts-expect-error: callers without types pass anything.
		await expect(client.request({ method: 'GET', path })).rejects.toMatchObject({
			kind: 'config',
			effect: 'none',
			message: expect.stringMatching(/^path was refused: /),
		});
		expect(server.requests).toEqual([]);
	});

	it('refuses a GET with a body before anything is sent', async () => {
		const { server, client } = await serve(json({}));
		await expect(client.request({ method: 'GET', path: '/x', body: {} })).rejects.toMatchObject({
			kind: 'config',
			message: 'A GET takes no body.',
		});
		expect(server.requests).toEqual([]);
	});

	it('repeats a GET whose answer was lost, and nothing else', async () => {
		const { server, client } = await serve(inTurn(reset, json({})));
		await client.request({ method: 'GET', path: '/x' });
		expect(server.requests).toHaveLength(2);
		const other = await serve(inTurn(reset, json({})));
		await expect(other.client.request({ method: 'POST', path: '/x' })).rejects.toMatchObject({
			kind: 'network',
			effect: 'unknown',
		});
		expect(other.server.requests).toHaveLength(1);
	});

	it('takes an empty answer, and turns a refusal into an error without the key', async () => {
		const { client } = await serve(answer({ status: 204 }));
		expect(await client.request({ method: 'DELETE', path: '/x' })).toEqual({ status: 204, body: undefined });
		const echo = await serve((socket, request) => {
			json({ error: { message: `no ${new Map(request.headers).get('x-api-key')}` } }, { status: 404 })(
				socket,
				request,
			);
		});
		const error = await echo.client
			.request({ method: 'DELETE', path: '/x' })
			.catch((cause: unknown) => cause);
		expect(error).toMatchObject({ kind: 'not_found', message: expect.stringContaining('[redacted]') });
		expect(JSON.stringify(error)).not.toContain(KEY);
	});
});
