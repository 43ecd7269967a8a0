import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as agentClient from '@zihin/agent-client';
import { type Sandbox, startSandbox } from '@zihin/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGES = ['README.md', 'docs/conversations.md', 'docs/long-agents.md', 'docs/errors-and-retries.md'];

const snippets = PAGES.flatMap(page => {
	const text = readFileSync(join(ROOT, page), 'utf8');
	return [...text.matchAll(/```ts\n(.*?)```/gs)].map((match, index) => ({
		name: `${page}, snippet ${index + 1}`,
		code: match[1] ?? '',
	}));
});

describe('the snippets of the pages', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ port: 0 });
	});
	afterAll(() => sandbox.close());

	it('are there', () => {
		expect(snippets.map(({ name }) => name)).toContain('README.md, snippet 1');
	});

	it.each(snippets)('$name runs against the sandbox', async ({ code }) => {
		const connection = { apiKey: sandbox.keys.editor, baseUrl: sandbox.url, allowHttp: true };
		const createClient = (options: agentClient.CreateClientOptions) =>
			agentClient.createClient({ ...options, ...connection });
		const before = sandbox.executions().length;
		const imported = code.replace(/import (\{[^}]+\}) from '@zihin\/agent-client';/g, 'const $1 = client;');
		const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
		const names = ['client', 'zihin', 'agentId', 'process', 'console'];
		const run = AsyncFunction(...names, `{${stripTypeScriptTypes(imported)}}`);
		const quiet = { env: {}, stdout: { write: () => true } };
		const client = { ...agentClient, createClient };
		await run(client, createClient(connection), sandbox.agentId, quiet, { log: () => {} });
		expect(sandbox.executions().length).toBeGreaterThan(before);
	});
});
