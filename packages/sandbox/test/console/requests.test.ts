import { expect, test } from 'vitest';
import { ask, call, createTrigger, garden, raw } from '../harness.ts';
import { lastRequest, page } from './pages.ts';

test('a request is shown as it came in, and its answer as it went out', async () => {
	const sandbox = await garden();
	await call(sandbox, 'POST /api/triggers', {
		key: sandbox.keys.member,
		headers: { 'User-Agent': 'zihin-agent-client/0.1.0 n8n/2.4', 'X-Odd': 'a header of mine' },
		body: { name: 'mine' },
	});
	const text = await lastRequest(sandbox);
	expect(text).toContain('<b>POST</b> /api/triggers');
	expect(text).toContain('<dd>n8n</dd>');
	expect(text).toContain('<dd>member</dd>');
	expect(text).toContain('a header of mine');
	expect(text).toContain('<span class="badge bad">403</span>');
	expect(text).toContain('INSUFFICIENT_PERMISSIONS');
	expect(text).toContain('x-ratelimit-limit');
	expect(text).toContain('No body, or answered without reading it.');
	await call(sandbox, 'POST /api/triggers', { body: { name: 'mine' } });
	expect(await lastRequest(sandbox)).toContain('{&quot;name&quot;:&quot;mine&quot;}');
});

test('no page shows a key or a secret that went by', async () => {
	const sandbox = await garden();
	const { id, secret } = await createTrigger(sandbox, {
		execution: { mode: 'async', callback: { url: 'http://127.0.0.1:9/x?zihin_token=very-secret-token' } },
	});
	const made = await lastRequest(sandbox);
	await call(sandbox, `POST /api/triggers/webhook/${id}?api_key=another-secret-of-mine`, {
		headers: { Authorization: 'Bearer not-a-key-but-private' },
		body: { message: `My key is ${sandbox.keys.owner}.` },
	});
	const dispatched = await lastRequest(sandbox);
	// The agent quotes what it was asked, word by word.
	await ask(sandbox, { message: `Is ${sandbox.keys.owner} mine?` });
	const runs = await page(sandbox, '/console/runs');
	const quoted = await page(sandbox, `/console/runs/${sandbox.executions().at(-1)?.id}`);
	expect(quoted).toContain(`found nothing about &quot;Is zhn_test_…${sandbox.keys.owner.slice(-4)} mine?`);
	const lists = (await page(sandbox, '/')) + (await page(sandbox, '/console/callbacks'));
	const all = made + dispatched + runs + quoted + lists;
	for (const private_ of [
		sandbox.keys.admin,
		sandbox.keys.owner,
		secret,
		'very-secret',
		'another-secret',
		'not-a-key',
	]) {
		expect(all).not.toContain(private_);
	}
	expect(made).toContain(`zhn_test_…${sandbox.keys.admin.slice(-4)}`);
	expect(dispatched).toContain('Bearer …vate');
});

test('of a large body 64 KiB are kept, and the page says so', async () => {
	const sandbox = await garden();
	await ask(sandbox, { message: `${'x'.repeat(70_000)}THE END` });
	const text = await lastRequest(sandbox);
	expect(text).toContain('of which the first 64 KiB are kept');
	expect(text).not.toContain('THE END');
});

test('the last 500 requests are kept', async () => {
	const sandbox = await garden();
	await call(sandbox, 'GET /health?first');
	for (let count = 0; count < 500; count += 50) {
		await Promise.all(Array.from({ length: 50 }, () => call(sandbox, 'GET /health')));
	}
	expect(await page(sandbox, '/console/requests/1')).toContain('not kept any more');
	expect(await page(sandbox, '/console/requests/2')).toContain('/health');
	expect(await page(sandbox, '/console/requests/501')).toContain('/health');
});

test('a streamed answer is shown whole, with its run', async () => {
	const sandbox = await garden();
	const streamed = await ask(sandbox, { message: 'cactus' });
	const text = await lastRequest(sandbox);
	expect(text).toContain('event: done');
	const [, run = ''] = /href="(\/console\/runs\/[\w-]+)"/.exec(text) ?? [];
	const shown = await page(sandbox, run);
	expect(shown).toContain(streamed.content.split('\n')[0]);
	expect(shown).toMatch(/request 1<\/a> of Node/);
});

test('an answer that a caller did not wait for is shown as broken off', async () => {
	const sandbox = await garden({ tokenDelayMs: 20 });
	const leave = new AbortController();
	const answer = await fetch(`${sandbox.url}/api/v2/agents/${sandbox.agentId}/stream`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.member, 'Content-Type': 'application/json' },
		body: JSON.stringify({ message: 'cactus' }),
		signal: leave.signal,
	});
	await answer.body?.getReader().read();
	leave.abort();
	expect(await lastRequest(sandbox)).toContain('200, broken off');
});

test.each(['reset', 'cut-body=3', 'slow-headers=1'])(
	'what the fault %s did with the answer is shown',
	async fault => {
		const sandbox = await garden();
		await call(sandbox, 'GET /api/v2/agents', { headers: { 'X-Sandbox-Fault': fault } }).catch(() => {});
		expect(await lastRequest(sandbox)).toContain('<span class="badge bad">fault</span>');
	},
);

test('a refused page of another origin is shown, too', async () => {
	const sandbox = await garden();
	await call(sandbox, 'GET /api/v2/agents', { headers: { Origin: 'https://evil.example' } });
	expect(await lastRequest(sandbox)).toContain('ORIGIN_NOT_ALLOWED');
});

test("the console's own pages and calls are not listed", async () => {
	const sandbox = await garden();
	for (const path of ['/', '/console/runs', '/console/frame.css', '/sandbox/api/faults', '/favicon.ico']) {
		await page(sandbox, path);
	}
	expect(await page(sandbox, '/')).toContain('Nobody has called yet.');
	expect(await page(sandbox, '/')).not.toContain('/console/requests/');
});

test('a request that is not read to its end is shown while it waits', async () => {
	const sandbox = await garden();
	const waiting = raw(sandbox, [
		'POST /api/triggers HTTP/1.1',
		'Host: 127.0.0.1:PORT',
		`X-Api-Key: ${sandbox.keys.admin}`,
		'Content-Type: application/json',
		'Content-Length: 100',
	]);
	let shown = '';
	while (!shown.includes('waiting')) shown = await page(sandbox, '/');
	expect(shown).toContain('/api/triggers');
	await sandbox.close();
	await waiting.catch(() => {});
});
