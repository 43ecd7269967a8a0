import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/index.ts';
import { call, createTrigger, folder, receiver } from '../harness.ts';
import { first, lastRequest, news, page, positionOf } from './pages.ts';

const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\'';
const AGENTS = {
	'agents.yaml': `agents:\n  - name: '<script>alert(0)</script>'\n    bio: '"><img src=x onerror=alert(3)>'\n    engine: { script: { steps: [{ response: '{{message}}' }] } }\n`,
};

test('whatever people and agents write stands on the pages as text', async () => {
	const sandbox = await startSandbox({ port: 0, agents: join(folder(AGENTS), 'agents.yaml') });
	onTestFinished(() => sandbox.close());
	const { url } = await receiver();
	const { id } = await createTrigger(
		sandbox,
		{
			query_extraction: { mode: 'field', field: HOSTILE },
			execution: { mode: 'async', callback: { url: `${url}&q=<script>` } },
		},
		HOSTILE,
	);
	const position = positionOf(await page(sandbox, '/'));
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}?q=<script>`, {
		headers: { 'User-Agent': HOSTILE, 'X-Odd': HOSTILE },
		body: { [HOSTILE]: HOSTILE },
	});
	const run = answer.body.text('execution_id');
	const [{ sessionId } = { sessionId: '' }] = sandbox.executions();
	const pages = [
		'/',
		'/console/runs',
		`/console/runs/${run}`,
		'/console/triggers',
		'/console/callbacks',
		'/console/faults',
		'/console/chat',
		`/console/chat?session=${sessionId}&agent=${HOSTILE}`,
	];
	const texts = [await lastRequest(sandbox), ...(await Promise.all(pages.map(path => page(sandbox, path))))];
	const lists = `requests,runs,run:${run},run-head:${run},callbacks`;
	for (const wanted of lists.split(',')) {
		const { data } = await first(news(sandbox, wanted, position), ({ event }) => event === 'row');
		texts.push(String(data.html));
	}
	for (const text of texts) {
		expect(text).not.toMatch(/<script>|<img/);
	}
	expect(texts.join('')).toContain('&lt;script&gt;alert(1)');
	expect(texts.join('')).toContain('&lt;script&gt;alert(0)');
});
