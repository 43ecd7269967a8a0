import { expect, test } from 'vitest';
import { garden, raw, statusOf } from './harness.ts';

const GET = 'GET /health HTTP/1.1';
const CLOSE = 'Connection: close';

test.each([
	['localhost:PORT', 200],
	['127.0.0.1:PORT', 200],
	['[::1]:PORT', 200],
	['LOCALHOST:PORT', 200],
	['localhost:9999', 200],
	['localhost', 200],
	['evil.com', 403],
	['evil.com:PORT', 403],
	['localhost.evil.com:PORT', 403],
	['localhost.:PORT', 403],
	['localtest.me:PORT', 403],
	['evil.com@localhost:PORT', 403],
	['localhost:PORT, evil.com', 403],
	['localhost:PORT\\@evil.com', 403],
	['localhost:PORT/evil', 403],
	['169.254.169.254:PORT', 403],
	['0.0.0.0:PORT', 403],
	['127.1:PORT', 403],
	['2130706433:PORT', 403],
	['host.docker.internal:PORT', 403],
	['', 403],
])('Host %j is answered with %i', async (host, status) => {
	const answer = await raw(await garden(), [GET, `Host: ${host}`, CLOSE]);
	expect(statusOf(answer)).toBe(status);
	expect(answer).toMatch(/x-content-type-options: nosniff/i);
	expect(answer).toMatch(/cache-control: no-store/i);
	expect(answer).toMatch(/x-request-id: req_/i);
	expect(answer).not.toMatch(/^(server|x-powered-by):/im);
});

test('two Host headers are refused, whichever comes first', async () => {
	const sandbox = await garden();
	for (const hosts of [
		['localhost:PORT', 'evil.com'],
		['evil.com', 'localhost:PORT'],
	]) {
		const answer = await raw(sandbox, [GET, ...hosts.map(host => `Host: ${host}`), CLOSE]);
		expect(statusOf(answer)).toBe(400);
	}
});

test('HTTP/1.0 without a Host is refused', async () => {
	expect(statusOf(await raw(await garden(), ['GET /health HTTP/1.0']))).toBe(403);
});

test('an absolute target is refused', async () => {
	const answer = await raw(await garden(), [
		'GET http://evil.com/health HTTP/1.1',
		'Host: localhost:PORT',
		CLOSE,
	]);
	expect(statusOf(answer)).toBe(400);
});

test('nothing is proxied', async () => {
	expect(await raw(await garden(), ['CONNECT evil.com:443 HTTP/1.1', 'Host: localhost:PORT'])).toBe('');
});

test('a request with two lengths is refused', async () => {
	const answer = await raw(await garden(), [
		'POST /api/triggers HTTP/1.1',
		'Host: localhost:PORT',
		'Content-Length: 2',
		'Transfer-Encoding: chunked',
	]);
	expect(statusOf(answer)).toBe(400);
});

test.each([
	['Origin: https://evil.com', 403],
	['Origin: http://localhost:5173', 403],
	['Origin: https://localhost:PORT', 403],
	['Origin: null', 403],
	['Origin: http://localhost:PORT', 200],
	['Sec-Fetch-Site: cross-site', 403],
	['Sec-Fetch-Site: same-site', 403],
	['Sec-Fetch-Site: same-origin', 200],
	['Sec-Fetch-Site: none', 200],
])('a browser that sends %j is answered with %i', async (header, status) => {
	const answer = await raw(await garden(), [GET, 'Host: localhost:PORT', header, CLOSE]);
	expect(statusOf(answer)).toBe(status);
	expect(answer).not.toMatch(/access-control-allow/i);
});

test('a preflight is told nothing that would open the door', async () => {
	const answer = await raw(await garden(), [
		'OPTIONS /api/triggers HTTP/1.1',
		'Host: localhost:PORT',
		'Origin: https://evil.com',
		'Access-Control-Request-Method: POST',
		CLOSE,
	]);
	expect(statusOf(answer)).toBe(403);
	expect(answer).not.toMatch(/access-control-allow/i);
});

test('the sandbox listens on one loopback address, and on no other', async () => {
	const { url } = await garden();
	expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	for (const other of ['127.0.0.2', '[::1]']) {
		await expect(fetch(`http://${other}:${new URL(url).port}/health`)).rejects.toThrow();
	}
});
