import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { nestsDeeperThan } from '../src/json-depth.ts';
import { ask, call, garden, raw, statusOf } from './harness.ts';

const HEAD = (key: string) => [
	'POST /api/triggers HTTP/1.1',
	'Host: localhost:PORT',
	`X-Api-Key: ${key}`,
	'Content-Type: application/json',
];

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'])(
	'a body of type %s is refused',
	async type => {
		const headers = { 'Content-Type': type };
		const answer = await call(await garden(), 'POST /api/triggers', { headers, body: '{}' });
		expect(answer.status).toBe(415);
		expect(answer.body.at('error.code')).toBe('UNSUPPORTED_MEDIA_TYPE');
	},
);

test('a JSON type with a charset is taken', async () => {
	const sandbox = await garden();
	const headers = { 'Content-Type': 'application/json; charset=utf-8' };
	expect((await call(sandbox, 'POST /api/triggers', { headers, body: '{}' })).status).toBe(400);
});

test('a compressed body is refused', async () => {
	const sandbox = await garden();
	const response = await fetch(`${sandbox.url}/api/triggers`, {
		method: 'POST',
		headers: {
			'X-Api-Key': sandbox.keys.admin,
			'Content-Type': 'application/json',
			'Content-Encoding': 'gzip',
		},
		body: gzipSync('{}'),
	});
	expect(response.status).toBe(415);
});

test.each([
	['cut off JSON', '{'],
	['null', 'null'],
	['an array', '[]'],
	['a string', '"x"'],
	['nothing but a blank', ' '],
	['100,000 open arrays', '['.repeat(100_000)],
	['100,000 nested arrays', `{"message":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
	['100,000 nested objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
])('%s is a validation error', async (_, body) => {
	const sandbox = await garden();
	const answer = await call(sandbox, `POST /api/v2/agents/${sandbox.agentId}/stream`, { body });
	expect(answer.status).toBe(400);
	expect(answer.body.at('error.code')).toBe('VALIDATION_ERROR');
});

test('bytes that are no UTF-8 are refused, not repaired', async () => {
	const sandbox = await garden();
	const response = await fetch(`${sandbox.url}/api/v2/agents/${sandbox.agentId}/stream`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.admin, 'Content-Type': 'application/json' },
		body: Buffer.concat([Buffer.from('{"message":"'), Buffer.from([0xff]), Buffer.from('"}')]),
	});
	expect(response.status).toBe(400);
});

test('brackets inside strings are no nesting', async () => {
	const message = `${'[{'.repeat(500)} "\\`;
	const sandbox = await garden();
	await ask(sandbox, { message });
	expect(sandbox.executions()[0]?.message).toBe(message);
	expect(nestsDeeperThan('[[[]]]', 3)).toBe(false);
	expect(nestsDeeperThan('["\\"[[["]', 3)).toBe(false);
	expect(nestsDeeperThan('[[[[]]]]', 3)).toBe(true);
	expect(nestsDeeperThan('[[],[],[],[]]', 2)).toBe(false);
});

test('of duplicate keys the last wins', async () => {
	const sandbox = await garden();
	const body = '{"message":"cactus","message":"tomatoes"}';
	const response = await fetch(`${sandbox.url}/api/v2/agents/${sandbox.agentId}/stream`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.admin, 'Content-Type': 'application/json' },
		body,
	});
	await response.text();
	expect(sandbox.executions()[0]?.message).toBe('tomatoes');
});

test('a body over the limit is refused by its length alone, before it is sent', async () => {
	const sandbox = await garden();
	const answer = await raw(sandbox, [...HEAD(sandbox.keys.admin), `Content-Length: ${2 ** 20 + 1}`]);
	expect(statusOf(answer)).toBe(413);
	expect(answer).toMatch(/connection: close/i);
	expect(answer).toContain('PAYLOAD_TOO_LARGE');
});

test('a chunked body over the limit is refused when the limit is passed', async () => {
	const sandbox = await garden({ maxBodyBytes: 1_000 });
	const chunk = `3e8\r\n${'x'.repeat(1_000)}\r\n`;
	const head = [...HEAD(sandbox.keys.admin), 'Transfer-Encoding: chunked'];
	expect(statusOf(await raw(sandbox, head, chunk + chunk))).toBe(413);
});

test('a body of exactly the limit is read, and the limit can be raised', async () => {
	const body = JSON.stringify({ message: 'x'.repeat(2 ** 20 - '{"message":""}'.length) });
	expect(Buffer.byteLength(body)).toBe(2 ** 20);
	const sandbox = await garden();
	await ask(sandbox, JSON.parse(body));
	expect(sandbox.executions()[0]?.message).toHaveLength(2 ** 20 - 14);
	const wide = await garden({ maxBodyBytes: 2 ** 21 });
	await ask(wide, { message: 'y'.repeat(2 ** 20) });
	expect(wide.executions()[0]?.message).toHaveLength(2 ** 20);
});

test('a caller that goes away in the middle of a body leaves the sandbox as it was', async () => {
	const sandbox = await garden();
	const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
	const head = HEAD(sandbox.keys.admin).join('\r\n').replace('PORT', '1');
	await new Promise<void>(resolve =>
		socket.write(`${head}\r\nContent-Length: 100\r\n\r\n{"a`, () => resolve()),
	);
	socket.destroy();
	expect((await call(sandbox, 'GET /health')).status).toBe(200);
});
