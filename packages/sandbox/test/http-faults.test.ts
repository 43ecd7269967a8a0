import { expect, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { ask, call, createTrigger, eventually, garden, raw, receiver } from './harness.ts';

const AGENTS = '/api/v2/agents';

function get(sandbox: Sandbox, fault: string): Promise<Response> {
	const headers = { 'X-Api-Key': sandbox.keys.admin, 'X-Sandbox-Fault': fault };
	return fetch(sandbox.url + AGENTS, { headers, redirect: 'manual' });
}

function head(sandbox: Sandbox, fault: string): string[] {
	return [
		`GET ${AGENTS} HTTP/1.1`,
		'Host: localhost:PORT',
		`X-Api-Key: ${sandbox.keys.admin}`,
		`X-Sandbox-Fault: ${fault}`,
	];
}

/** A dispatch or a streamed turn, with a fault; `lost` when no whole answer came. */
function post(sandbox: Sandbox, path: string, fault: string): Promise<string> {
	return fetch(sandbox.url + path, {
		method: 'POST',
		headers: {
			'X-Api-Key': sandbox.keys.admin,
			'Content-Type': 'application/json',
			'X-Sandbox-Fault': fault,
		},
		body: JSON.stringify({ message: 'cactus' }),
	})
		.then(response => response.text())
		.catch(() => 'lost');
}

/** A request that a fault has certainly begun to hold up. */
async function hit(sandbox: Sandbox, fault: { name: string; value: number }) {
	const path = '/sandbox/api/faults';
	await call(sandbox, `PUT ${path}`, { body: { faults: [{ ...fault, times: 1 }] } });
	const headers = { 'X-Api-Key': sandbox.keys.admin };
	const answer = fetch(sandbox.url + AGENTS, { headers }).then(
		({ status }) => status,
		() => 'lost',
	);
	while ((await call(sandbox, `GET ${path}`)).body.at('data.0') !== undefined);
	return { answer };
}

test.each([
	['401', 'UNAUTHORIZED', 'invalid_api_key'],
	['403', 'FORBIDDEN', 'insufficient_permissions'],
	['404', 'NOT_FOUND', 'not_found'],
	['409', 'CONFLICT', 'conflict'],
	['413', 'PAYLOAD_TOO_LARGE', 'payload_too_large'],
	['422', 'VALIDATION_ERROR', 'invalid_request'],
	['429', 'RATE_LIMIT_EXCEEDED', 'rate_limit_exceeded'],
	['500', 'INTERNAL_ERROR', 'internal_error'],
	['502', 'PROVIDER_ERROR', 'provider_error'],
	['503', 'PROVIDER_UNAVAILABLE', 'provider_unavailable'],
])('%s is answered in both envelopes', async (fault, code, flatCode) => {
	const sandbox = await garden();
	const headers = { 'X-Sandbox-Fault': fault };
	const nested = await call(sandbox, `GET ${AGENTS}`, { headers });
	expect([nested.status, nested.body.at('error.code')]).toEqual([Number(fault), code]);
	const flat = await call(sandbox, `GET ${AGENTS}`, {
		headers: { ...headers, 'X-Sandbox-Error-Envelope': 'flat' },
	});
	expect([flat.status, flat.body.at('error')]).toEqual([Number(fault), flatCode]);
});

test.each([
	['429', /^1$/],
	['429=0', /^0$/],
	['429=30', /^30$/],
	['429=date', /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/],
	['429=huge', /^999999999$/],
	['429=garbage', /^soon$/],
])('%s asks to wait in its own way', async (fault, expected) => {
	const response = await get(await garden(), fault);
	expect(response.status).toBe(429);
	expect(response.headers.get('Retry-After')).toMatch(expected);
	expect(response.headers.get('X-RateLimit-Remaining')).toBe('0');
	expect(await response.json()).toMatchObject({ error: { details: { limit: 6000, remaining: 0 } } });
});

test('429=absent does not say how long to wait', async () => {
	const response = await get(await garden(), '429=absent');
	expect([response.status, response.headers.get('Retry-After')]).toEqual([429, null]);
});

test('a delay comes before the work, and other faults after the delay', async () => {
	const sandbox = await garden();
	expect((await get(sandbox, 'delay=5')).status).toBe(200);
	expect((await get(sandbox, 'delay=5, 503')).status).toBe(503);
});

test('a delayed request does not keep the sandbox from closing', async () => {
	const sandbox = await garden();
	const waiting = await hit(sandbox, { name: 'delay', value: 600_000 });
	await sandbox.close();
	expect(['lost', 503]).toContain(await waiting.answer);
});

test('a redirect names the other place and keeps the method', async () => {
	const { url, deliveries } = await receiver();
	const response = await get(await garden(), `redirect=${url}`);
	expect([response.status, response.headers.get('Location')]).toEqual([307, url]);
	expect(deliveries).toEqual([]);
});

test("a proxy's error page is HTML", async () => {
	const response = await get(await garden(), 'html-page');
	expect(response.status).toBe(502);
	expect(response.headers.get('Content-Type')).toMatch(/^text\/html/);
	expect(await response.text()).toMatch(/^<!doctype html>/);
});

test('a wrong content type is that of a right answer', async () => {
	const response = await get(await garden(), 'wrong-content-type');
	expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'text/plain; charset=utf-8']);
	expect(await response.json()).toMatchObject({ success: true });
});

test('a reset before the work leaves nothing behind', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	expect(await post(sandbox, `/api/triggers/webhook/${id}`, 'reset')).toBe('lost');
	expect(await post(sandbox, `/api/triggers/webhook/${id}`, 'reset=before')).toBe('lost');
	expect(sandbox.executions()).toEqual([]);
	expect((await call(sandbox, 'GET /health')).status).toBe(200);
});

test('a reset after the work loses the answer and keeps the effect', async () => {
	const sandbox = await garden();
	for (const mode of ['sync', 'async']) {
		const { id } = await createTrigger(sandbox, { execution: { mode } });
		expect(await post(sandbox, `/api/triggers/webhook/${id}`, 'reset=after')).toBe('lost');
		expect(await eventually(sandbox, ({ status }) => status === 'completed')).toMatchObject({
			triggerId: id,
		});
	}
	expect(await post(sandbox, `${AGENTS}/${sandbox.agentId}/stream`, 'reset=after')).toBe('lost');
	const turn = await eventually(sandbox, ({ triggerId }) => triggerId === null);
	expect(turn).toMatchObject({ status: 'completed', response: expect.stringContaining('cactus') });
	expect(sandbox.executions()).toHaveLength(3);
});

test('a cut body ends before the length that it promised', async () => {
	const sandbox = await garden();
	const whole = await (
		await fetch(sandbox.url + AGENTS, { headers: { 'X-Api-Key': sandbox.keys.admin } })
	).text();
	const bodyOf = async (fault: string) => {
		const answer = await raw(sandbox, head(sandbox, fault));
		expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
		expect(answer).toMatch(new RegExp(`content-length: ${Buffer.byteLength(whole)}\r\n`, 'i'));
		return answer.split('\r\n\r\n')[1];
	};
	expect(await bodyOf('cut-body')).toBe(whole.slice(0, Math.floor(whole.length / 2)));
	expect(await bodyOf('cut-body=10')).toBe(whole.slice(0, 10));
	expect(await bodyOf('cut-body=0')).toBe('');
	await expect(get(sandbox, 'cut-body').then(response => response.text())).rejects.toThrow();
});

test('slow headers come in the end, with the whole answer, also of a stream', async () => {
	const sandbox = await garden();
	const response = await get(sandbox, 'slow-headers=1');
	expect([response.status, response.headers.get('X-Content-Type-Options')]).toEqual([200, 'nosniff']);
	expect(await response.json()).toMatchObject({ success: true });
	const events = await post(sandbox, `${AGENTS}/${sandbox.agentId}/stream`, 'slow-headers=1');
	expect(events).toContain('event: done');
	const refused = await call(sandbox, 'GET /api/triggers', {
		key: sandbox.keys.member,
		headers: { 'X-Sandbox-Fault': 'slow-headers=1' },
	});
	expect(refused.status).toBe(403);
});

test('a caller that does not wait for slow headers has cancelled its turn', async () => {
	const sandbox = await garden();
	const leave = new AbortController();
	const waiting = fetch(`${sandbox.url}${AGENTS}/${sandbox.agentId}/stream`, {
		method: 'POST',
		headers: {
			'X-Api-Key': sandbox.keys.admin,
			'Content-Type': 'application/json',
			'X-Sandbox-Fault': 'slow-headers=600000',
		},
		body: JSON.stringify({ message: 'cactus' }),
		signal: leave.signal,
	}).catch(() => 'left');
	await eventually(sandbox, () => true);
	leave.abort();
	expect(await waiting).toBe('left');
	await eventually(sandbox, ({ status }) => status === 'cancelled');
	expect((await ask(sandbox, { message: 'tomatoes' })).content).toContain('Tomatoes');
});

test('slow headers do not keep the sandbox from closing', async () => {
	const sandbox = await garden();
	const waiting = await hit(sandbox, { name: 'slow-headers', value: 600_000 });
	await sandbox.close();
	expect(await waiting.answer).toBe('lost');
});
