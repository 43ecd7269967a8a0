import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { decode } from 'hono/jwt';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { raw } from './harness.ts';
import { zoneCall, zoneSandbox } from './zone-harness.ts';

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
	app.on('upgrade', (request, socket: Duplex) => {
		seen.push({ request, body: '' });
		socket.on('error', () => {});
		if (request.url?.endsWith('/refused')) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
		socket.write(
			'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-App: 1\r\n\r\n',
		);
		socket.pipe(socket);
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

test('who visits, and how long their tokens last, can be chosen', async () => {
	const { sandbox, seen } = await mounted();
	const choose = (body: object) => zoneCall(sandbox, 'PUT /sandbox/api/zones/2/visitor', { body });
	expect((await choose({ role: 'owner', userName: 'Zoë', expiresInSeconds: -60 })).status).toBe(200);
	await fetch(`${sandbox.url}/acme/echo/app`);
	expect((await choose({})).body.value).toEqual({ role: 'member', expiresInSeconds: 60 });
	await fetch(`${sandbox.url}/acme/echo/app`);
	const [chosen, usual] = seen.map(claimsOf);
	expect(chosen).toMatchObject({ role: 'owner', userName: 'Zoë' });
	expect(chosen?.exp).toBeLessThan(Date.now() / 1000);
	expect(usual).toMatchObject({ role: 'member', userName: 'Max Member' });
	expect((await choose({ role: 'nobody' })).status).toBe(400);
	expect((await zoneCall(sandbox, 'PUT /sandbox/api/zones/99/visitor', { body: {} })).status).toBe(404);
});

describe('a websocket', () => {
	/** What becomes of a request to switch protocols. */
	async function upgrade({ url }: Sandbox, path: string, headers: Record<string, string> = {}) {
		const request = ask(url + path, { headers: { Connection: 'Upgrade', Upgrade: 'websocket', ...headers } });
		request.end();
		const socket = new Promise<{ answer: IncomingMessage; socket: Duplex }>((resolve, reject) => {
			request.once('upgrade', (answer, socket) => resolve({ answer, socket }));
			request.once('response', answer => reject(new Error(String(answer.statusCode))));
			request.once('error', reject);
		});
		return socket;
	}

	test.each([
		['/acme/echo/app/live?a=1', 'member'],
		['/assets/acme/echo/_next/hmr', undefined],
	])('below %s is passed on, both ways, with the token of a request to there', async (path, role) => {
		const { sandbox, seen } = await mounted();
		const forged = { 'x-zone-token': 'forged', 'x-zone-claims': '{}', Origin: sandbox.url };
		const { answer, socket } = await upgrade(sandbox, path, forged);
		expect(answer.headers).toMatchObject({ upgrade: 'websocket', 'x-app': '1' });
		for (const word of ['Hello', 'again']) {
			socket.write(word);
			expect(String((await once(socket, 'data'))[0])).toBe(word);
		}
		const [first] = seen;
		if (!first) throw new Error('The app was not asked.');
		expect(first.request.url).toBe(path);
		expect(first.request.headers).toMatchObject({ 'x-forwarded-host': new URL(sandbox.url).host });
		expect(first.request.headers['x-zone-claims']).toBeUndefined();
		if (role === undefined) expect(first.request.headers['x-zone-token']).toBeUndefined();
		else expect(claimsOf(first)).toMatchObject({ role });
		socket.destroy();
	});

	test.each([
		['of a page elsewhere', '/acme/echo/app', { Origin: 'https://evil.com' }, '403'],
		['to a host that is not this machine', '/acme/echo/app', { Host: 'evil.com' }, '403'],
		['to no app', '/api/v2/agents', {}, '404'],
		['out of the place of the app', '/acme/echo/app/../../report-writer/app', {}, '404'],
		['to a neighbour by its name', '/acme/echo/apple', {}, '404'],
		['that the app refuses', '/acme/echo/app/refused', {}, '401'],
	])('%s is refused', async (_, path, headers, status) => {
		const { sandbox } = await mounted();
		await expect(upgrade(sandbox, path, headers)).rejects.toThrow(status);
	});

	test('to an app that does not run is refused', async () => {
		const { sandbox, app } = await mounted();
		await new Promise(resolve => app.close(resolve));
		await expect(upgrade(sandbox, '/acme/echo/app')).rejects.toThrow('502');
	});

	test('ends with the sandbox, and its end is the end of the one behind it', async () => {
		const { sandbox, app } = await mounted();
		const behind = once(app, 'upgrade').then(([, socket]) => once(socket, 'close'));
		const { socket } = await upgrade(sandbox, '/acme/echo/app');
		socket.on('error', () => {});
		const ended = once(socket, 'close');
		await sandbox.close();
		await Promise.all([ended, behind]);
	});
});

test.each([
	[{ nobody: 'http://localhost:4000' }, /There is no agent "nobody" .*: report-writer, echo/],
	[{ echo: 'localhost:4000' }, /has to be at a URL/],
	[{ echo: '' }, /has to be at a URL/],
])('%j is refused before anything listens', async (zoneApps, message) => {
	await expect(zoneSandbox({ zoneApps })).rejects.toThrow(message);
});
