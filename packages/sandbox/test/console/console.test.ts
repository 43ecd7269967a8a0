import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import {
	ask,
	call,
	createTrigger,
	dispatchTo,
	folder,
	garden,
	isSettled,
	receiver,
	until,
} from '../harness.ts';
import { page } from './pages.ts';

const PAGES = [
	'/',
	'/console/runs',
	'/console/chat',
	'/console/triggers',
	'/console/callbacks',
	'/console/faults',
	'/console/connect',
	'/console/operations',
];

test.each(PAGES)('%s is a page that loads nothing from elsewhere and stands in no frame', async path => {
	const sandbox = await garden();
	const answer = await fetch(sandbox.url + path);
	expect(answer.status).toBe(200);
	expect(answer.headers.get('Content-Type')).toMatch(/^text\/html/);
	expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
	expect(answer.headers.get('Content-Security-Policy')).toBe(
		"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	);
	const text = await answer.text();
	expect(text).not.toMatch(/<(?:script|style)>|\son\w+=|\sstyle=/);
	expect(text).toContain(`<a href="${path}" aria-current="page">`);
});

test.each(['/', '/console/runs', '/console/live.js', '/sandbox/api/events', '/sandbox/api/faults'])(
	"%s is nothing that another site's page can have",
	async path => {
		const sandbox = await garden();
		for (const site of ['cross-site', 'same-site']) {
			const answer = await call(sandbox, `GET ${path}`, { headers: { 'Sec-Fetch-Site': site } });
			expect(answer.status).toBe(403);
		}
		const typed = await fetch(`${sandbox.url}/`, { headers: { 'Sec-Fetch-Site': 'none' } });
		expect(typed.status).toBe(200);
	},
);

test('what is not there is a page that says so', async () => {
	const sandbox = await garden();
	for (const path of [
		'/console/nothing',
		'/console/runs/unknown',
		'/console/requests/99',
		'/console/..%2fpackage.json',
		'/console/assets',
	]) {
		const answer = await fetch(sandbox.url + path);
		expect(answer.status).toBe(404);
		expect(await answer.text()).toContain('<h1>Not here</h1>');
	}
	expect((await fetch(`${sandbox.url}/console/`)).status).toBe(404);
});

test('the scripts of the pages weigh less than 10 kB together', () => {
	const folder = resolve(import.meta.dirname, '../../assets');
	const scripts = readdirSync(folder).filter(name => name.endsWith('.js'));
	const bytes = scripts.map(name => readFileSync(resolve(folder, name)).byteLength);
	expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(10_000);
});

test('a trigger is switched off, on, and deleted, without a key', async () => {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox);
	const control = (what: string, path: string) =>
		call(sandbox, `${what} /sandbox/api/triggers/${path}`, { key: undefined });
	expect((await control('POST', `${id}/disable`)).status).toBe(200);
	expect(await page(sandbox, '/console/triggers')).toContain('>disabled<');
	expect((await control('POST', `${id}/enable`)).status).toBe(200);
	expect(await page(sandbox, '/console/triggers')).toContain('>enabled<');
	expect((await control('DELETE', id)).status).toBe(200);
	expect((await control('DELETE', id)).status).toBe(404);
	expect((await call(sandbox, `GET /api/triggers/${id}`)).status).toBe(404);
});

test.each([
	'POST /sandbox/api/triggers/ID/disable',
	'DELETE /sandbox/api/triggers/ID',
	'POST /sandbox/api/faults',
])('%s is refused to pages of other origins, and faults and limits leave it alone', async what => {
	const sandbox = await garden({ rateLimitPerMinute: 2 });
	const { id } = await createTrigger(sandbox);
	const body = what.endsWith('faults') ? { name: '503' } : undefined;
	const options = { key: undefined, ...(body && { body }) };
	const foreign = { ...options, headers: { Origin: 'http://127.0.0.1:1' } };
	expect((await call(sandbox, what.replace('ID', id), foreign)).status).toBe(403);
	await call(sandbox, 'PUT /sandbox/api/faults', { body: { faults: [{ name: '500' }] } });
	for (let count = 0; count < 5; count++) {
		const { status } = await call(sandbox, what.replace('ID', id), options);
		expect([200, 404]).toContain(status);
	}
});

test('a callback is sent again when there is something to send', async () => {
	const sandbox = await garden();
	const { url, deliveries } = await receiver();
	const { executionId } = await dispatchTo(sandbox, url);
	await isSettled(sandbox);
	const answer = await call(sandbox, `POST /sandbox/api/callbacks/${executionId}/resend`, { key: undefined });
	expect(answer.status).toBe(200);
	await until(() => (deliveries.length === 2 ? true : undefined));
	const nothing = await call(sandbox, 'POST /sandbox/api/callbacks/unknown/resend');
	expect(nothing.status).toBe(409);
	expect(nothing.body.text('error.message')).toContain('nothing to send');
});

test('one fault is switched on beside the others, and off again', async () => {
	const sandbox = await garden();
	const on = (body: object) => call(sandbox, 'POST /sandbox/api/faults', { body });
	await on({ name: '429', value: '30', times: 2 });
	await on({ name: '503', agent_id: sandbox.agentId });
	const both = await on({ name: '429', value: 'date' });
	expect(both.body.at('data')).toEqual([
		{ agent_id: sandbox.agentId, name: '503', remaining: null },
		{ agent_id: null, name: '429', value: 'date', remaining: null },
	]);
	const shown = await page(sandbox, '/console/faults');
	expect(shown).toContain('429 = date</b> for everything, until switched off');
	expect(shown).toContain('503</b> for Librarian');
	const one = await call(sandbox, `DELETE /sandbox/api/faults/503?agent_id=${sandbox.agentId}`);
	expect(one.body.at('data')).toEqual([{ agent_id: null, name: '429', value: 'date', remaining: null }]);
	expect((await on({ name: 'nonsense' })).status).toBe(400);
});

test('a run of an earlier process is shown as far as it is stored', async () => {
	const database = join(folder(), 'sandbox.db');
	const earlier = await garden({ database });
	const { content } = await ask(earlier, { message: 'sandy soil' });
	await earlier.close();
	const sandbox = await garden({ database });
	const [run] = sandbox.executions();
	expect(await page(sandbox, '/console/runs')).toContain('sandy soil');
	const text = await page(sandbox, `/console/runs/${run?.id}`);
	expect(text).toContain(content.split('\n')[0]);
	expect(text).toContain('Those of this one are gone.');
});

test('a conversation is shown again, turn by turn', async () => {
	const sandbox = await garden();
	const { sessionId } = await ask(sandbox, { message: 'cactus' });
	await ask(sandbox, { message: 'Tell me more', session_id: sessionId });
	const text = await page(sandbox, `/console/chat?agent=${sandbox.agentId}&session=${sessionId}`);
	expect(text.match(/<li class="you">/g)).toHaveLength(2);
	expect(text).toContain('garden.md, line 5');
	expect(text).toContain(`data-session="${sessionId}"`);
});

test('the bare profile says so on each page', async () => {
	const sandbox = await garden({ profile: 'bare' });
	expect(await page(sandbox, '/')).toContain('bare profile');
});
