import { createServer, type IncomingMessage } from 'node:http';
import { decode } from 'hono/jwt';
import { expect, onTestFinished, test } from 'vitest';
import { raw } from './harness.ts';
import { zoneSandbox } from './zone-harness.ts';

interface Seen {
	readonly request: IncomingMessage;
	readonly body: string;
}

/** A zone app that writes down what it is asked, and a sandbox before it. */
async function mounted() {
	const seen: Seen[] = [];
	const app = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', chunk => chunks.push(chunk));
		request.on('end', () => {
			seen.push({ request, body: Buffer.concat(chunks).toString() });
			if (request.url?.endsWith('/away')) response.writeHead(307, { location: '/elsewhere' }).end();
			else response.writeHead(201, { 'content-type': 'text/html', 'set-cookie': 'a=1' }).end('<p>zone</p>');
		});
	});
	await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void app.close());
	const address = app.address();
	if (address === null || typeof address === 'string') throw new Error('The zone app does not listen.');
	const sandbox = await zoneSandbox({ zoneApps: { echo: `http://127.0.0.1:${address.port}` } });
	return { sandbox, seen, app };
}

const claimsOf = ({ request }: Seen) => decode(String(request.headers['x-zone-token'])).payload;

test('a request below the place of an agent reaches its zone app, with a token for a member', async () => {
	const { sandbox, seen } = await mounted();
	const answer = await fetch(`${sandbox.url}/acme/echo/app/reports?page=2`);
	expect([answer.status, await answer.text(), answer.headers.get('set-cookie')]).toEqual([
		201,
		'<p>zone</p>',
		'a=1',
	]);
	expect(seen[0]?.request.url).toBe('/acme/echo/app/reports?page=2');
	expect(seen.map(claimsOf)).toMatchObject([{ agentId: 2, role: 'member', orgSlug: 'acme' }]);
	expect((await fetch(`${sandbox.url}/acme/echo/app`)).status).toBe(201);
});

test("a caller's own zone headers do not get through", async () => {
	const { sandbox, seen } = await mounted();
	const headers = { 'x-zone-token': 'forged', 'x-zone-claims': '{"role":"owner"}' };
	await fetch(`${sandbox.url}/acme/echo/app`, { headers });
	await fetch(`${sandbox.url}/assets/acme/echo/_next/x.js`, { headers });
	expect(seen.map(({ request }) => request.headers['x-zone-claims'])).toEqual([undefined, undefined]);
	expect(seen[0] && claimsOf(seen[0])).toMatchObject({ role: 'member' });
	expect(seen[1]?.request.headers['x-zone-token']).toBeUndefined();
	expect(seen[1]?.request.url).toBe('/assets/acme/echo/_next/x.js');
});

test('a form is posted as it is, and the app is told where the browser is', async () => {
	const { sandbox, seen } = await mounted();
	const host = new URL(sandbox.url).host;
	const body = new URLSearchParams({ topic: 'bees' });
	await fetch(`${sandbox.url}/acme/echo/app`, { method: 'POST', body, headers: { Origin: sandbox.url } });
	expect(seen[0]?.body).toBe('topic=bees');
	expect(seen[0]?.request.headers).toMatchObject({
		'content-type': expect.stringContaining('x-www-form-urlencoded'),
		'x-forwarded-host': host,
		'x-forwarded-proto': 'http',
		origin: sandbox.url,
	});
	expect(seen[0]?.request.headers.host).not.toBe(host);
});

test("a page of another origin cannot use the visitor's session", async () => {
	const { sandbox, seen } = await mounted();
	const headers = { Origin: 'https://evil.com' };
	expect((await fetch(`${sandbox.url}/acme/echo/app`, { method: 'POST', headers })).status).toBe(403);
	expect(seen).toEqual([]);
});

test('a redirect is passed on to the browser', async () => {
	const { sandbox } = await mounted();
	const answer = await fetch(`${sandbox.url}/acme/echo/app/away`, { redirect: 'manual' });
	expect([answer.status, answer.headers.get('location')]).toEqual([307, '/elsewhere']);
});

test('a path that leads out of the zone is not passed on', async () => {
	const { sandbox, seen } = await mounted();
	const lines = ['GET /acme/echo/app/../../report/app HTTP/1.1', 'Host: 127.0.0.1:PORT', 'Connection: close'];
	expect(await raw(sandbox, lines)).toMatch(/^HTTP\/1\.1 404/);
	expect(seen).toEqual([]);
});

test('an app that does not run is said to be away', async () => {
	const { sandbox, app } = await mounted();
	await new Promise(resolve => app.close(resolve));
	const answer = await fetch(`${sandbox.url}/acme/echo/app`);
	expect([answer.status, await answer.text()]).toEqual([502, expect.stringMatching(/is it running\?/)]);
});

test.each([
	[{ nobody: 'http://localhost:4000' }, /There is no agent "nobody" .*: report-writer, echo/],
	[{ echo: 'localhost:4000' }, /has to be at a URL/],
	[{ echo: '' }, /has to be at a URL/],
])('%j is refused before anything listens', async (zoneApps, message) => {
	await expect(zoneSandbox({ zoneApps })).rejects.toThrow(message);
});
