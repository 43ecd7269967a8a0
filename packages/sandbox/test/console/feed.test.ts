import { expect, test } from 'vitest';
import { Feed } from '../../src/console/feed.ts';
import { html } from '../../src/console/html.ts';
import { ask, call, dispatchTo, garden, receiver } from '../harness.ts';
import { first, news, page, positionOf } from './pages.ts';

test('an open page is told of each request, from its beginning to its end', async () => {
	const sandbox = await garden();
	const events = news(sandbox, 'requests', positionOf(await page(sandbox, '/')));
	const seen = first(events, ({ data }) => String(data.html).includes('>200<'));
	await call(sandbox, 'GET /api/v2/agents');
	const { data } = await seen;
	expect(data.html).toMatch(/^<tr id="request-1"/);
});

test('what happened between the drawing of a page and its connection is told', async () => {
	const sandbox = await garden();
	const position = positionOf(await page(sandbox, '/'));
	await call(sandbox, 'GET /api/v2/agents');
	const { event, data } = await first(news(sandbox, 'requests', position), () => true);
	expect(event).toBe('row');
	expect(data.html).toContain('/api/v2/agents');
});

test('a page that lost its connection goes on where it was', async () => {
	const sandbox = await garden();
	const position = positionOf(await page(sandbox, '/'));
	await call(sandbox, 'GET /health?one');
	const { id = '' } = await first(news(sandbox, 'requests', position), ({ data }) =>
		String(data.html).includes('>200<'),
	);
	await call(sandbox, 'GET /health?two');
	const next = await first(news(sandbox, 'requests', position, { 'Last-Event-ID': id }), () => true);
	expect(next.data.html).toContain('/health?two');
});

test('a page of an earlier sandbox is told to look again', async () => {
	const sandbox = await garden();
	const { event, data } = await first(news(sandbox, 'requests', 'deadbeef-7'), () => true);
	expect(event).toBe('stale');
	expect(data.list).toBe('requests');
});

test("a run's events are told as they happen", async () => {
	const sandbox = await garden({ tokenDelayMs: 1 });
	const position = positionOf(await page(sandbox, '/'));
	const begun = first(news(sandbox, 'runs', position), ({ event }) => event === 'row');
	const streamed = ask(sandbox, { message: 'cactus' });
	const { data } = await begun;
	const [, id] = /id="run-([\w-]+)"/.exec(String(data.html)) ?? [];
	const kinds = new Set<string>();
	await first(news(sandbox, `run:${id}`, position), ({ data }) => {
		kinds.add(/<th scope="row">(\w+)/.exec(String(data.html))?.[1] ?? '');
		return kinds.has('metrics');
	});
	expect([...kinds]).toEqual(['tool', 'tokens', 'response', 'metrics']);
	await streamed;
});

test('each attempt of a callback is told', async () => {
	const sandbox = await garden({ callbacks: { retryDelaysMs: [1] } });
	const { url } = await receiver([503, 200]);
	const position = positionOf(await page(sandbox, '/'));
	await dispatchTo(sandbox, url);
	const { data } = await first(news(sandbox, 'callbacks', position), ({ data }) =>
		String(data.html).includes('delivered'),
	);
	expect(data.html).toMatch(/<b>503<\/b>.*<b>200<\/b>/s);
});

test('changed triggers and used up faults make their pages look again', async () => {
	const sandbox = await garden();
	const position = positionOf(await page(sandbox, '/'));
	await call(sandbox, 'POST /sandbox/api/faults', { body: { name: '503', times: 1 } });
	await first(news(sandbox, 'faults', position), ({ event }) => event === 'stale');
	const later = positionOf(await page(sandbox, '/console/faults'));
	await call(sandbox, 'GET /api/v2/agents');
	await first(news(sandbox, 'faults', later), ({ event }) => event === 'stale');
	await call(sandbox, 'POST /api/triggers', {
		body: { agent_id: sandbox.agentId, name: 'x', trigger_type: 'webhook' },
	});
	await first(news(sandbox, 'triggers', later), ({ event }) => event === 'stale');
	expect(await page(sandbox, '/console/faults')).not.toContain('Switch off');
});

test('an open page does not keep a sandbox from closing', async () => {
	const sandbox = await garden();
	const events = news(sandbox, 'requests', '');
	await events.next();
	await sandbox.close();
	await expect(first(events, () => false)).rejects.toThrow();
});

test('a slow page is told what a row is now, not all that it was', async () => {
	const feed = new Feed();
	let drawn = 0;
	const leave = new AbortController();
	const follower = feed.follow(['runs'], feed.position, () => html`<tr>${++drawn}</tr>`, leave.signal);
	await follower.next();
	for (let count = 0; count < 10_000; count++) feed.rowChanged('runs', 'a');
	expect((await follower.next()).value).toContain('<tr>1</tr>');
	leave.abort();
	expect((await follower.next()).done).toBe(true);
	expect(drawn).toBe(1);
});

test('a page that missed more rows than are remembered looks again', async () => {
	const feed = new Feed();
	const { position } = feed;
	const follower = feed.follow(['runs'], position, (_, id) => html`${id}`, AbortSignal.timeout(5_000));
	for (let row = 0; row <= 500; row++) feed.rowChanged('runs', String(row));
	await follower.next();
	expect((await follower.next()).value).toContain('event: stale');
	feed.rowChanged('runs', 'new');
	expect((await follower.next()).value).toContain('new');
});
