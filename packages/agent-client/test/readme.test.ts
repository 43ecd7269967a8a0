import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../src/index.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';

const run = promisify(execFile);
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
/** Each snippet, and the heading that it stands below. */
function snippetsOf(markdown: string) {
	let section = '';
	return [...markdown.matchAll(/^## (.+)$|^```ts\n([\s\S]*?)^```$/gm)].flatMap(([, title, code]) => {
		section = title ?? section;
		return code === undefined ? [] : [{ section, code }];
	});
}

const snippets = snippetsOf(readme);

/** Writes the program as this Node runs it. Before Node 24 it has to be compiled, as its users do. */
async function writeProgram(index: number, program: string): Promise<string> {
	const isOld = Number(process.versions.node.split('.')[0]) < 24;
	const file = fileURLToPath(new URL(`${index}.${isOld ? 'mjs' : 'ts'}`, folder));
	const compiled = isOld ? await transform(program, { loader: 'ts', target: 'node18' }) : { code: program };
	await writeFile(file, compiled.code);
	return file;
}

// Inside the package, so that a snippet imports it by its own name, as a user does.
const folder = new URL(`../test-results/readme-${process.pid}/`, import.meta.url);
let sandbox: TestSandbox;

beforeAll(async () => {
	sandbox = await startTestSandbox({ tokenDelayMs: 0, callbacks: { retryDelaysMs: [] } });
	await mkdir(folder, { recursive: true });
});

afterAll(async () => {
	await sandbox?.close();
	await rm(folder, { recursive: true, force: true });
});

/** The snippet as a program: what earlier snippets defined comes first, and it calls the sandbox. */
function programOf(code: string): string {
	const toSandbox = `createClient({ baseUrl: ${JSON.stringify(sandbox.url)}, allowHttp: true, `;
	if (code.includes('createClient({')) return code.replace('createClient({', toSandbox);
	return [
		"import { createClient } from '@zihin/agent-client';",
		`const zihin = ${toSandbox} apiKey: process.env.ZIHIN_API_KEY });`,
		`const agentId = ${JSON.stringify(sandbox.agentId)};`,
		code,
	].join('\n');
}

describe('the README', () => {
	it.each(snippets.map((snippet, index) => ({ ...snippet, index })))(
		'has a snippet under "$section" that runs as it stands',
		async ({ code, index }) => {
			const file = await writeProgram(index, programOf(code));
			const env = { ...process.env, ZIHIN_API_KEY: sandbox.keys.admin, NODE_NO_WARNINGS: '1' };
			const { stdout, stderr } = await run(process.execPath, [file], { env });
			expect(stderr).toBe('');
			expect(stdout.trim()).not.toBe('');
			expect(stdout).not.toMatch(/^undefined|^failed/);
		},
	);

	it('shows every call in a snippet', () => {
		const client = createClient({ apiKey: sandbox.keys.member });
		const code = snippets.map(snippet => snippet.code).join('');
		expect(Object.keys(client)).toHaveLength(16);
		expect(Object.keys(client).filter(call => !code.includes(`zihin.${call}(`))).toEqual([]);
	});

	it('names every kind of error', async () => {
		const source = await readFile(new URL('../src/errors.ts', import.meta.url), 'utf8');
		const union = /export type ErrorKind =([\s\S]*?);/.exec(source)?.[1] ?? '';
		const kinds = [...union.matchAll(/'(\w+)'/g)].map(([, kind]) => kind);
		expect(kinds).toHaveLength(10);
		expect(kinds.filter(kind => !new RegExp(`^\\| \`${kind}\` +\\|`, 'm').test(readme))).toEqual([]);
	});
});
