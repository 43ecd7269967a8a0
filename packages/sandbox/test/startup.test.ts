import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SandboxSetupError, startSandbox } from '../src/index.ts';
import { ask, call, createTrigger, folder, GARDEN, garden, raw } from './harness.ts';

async function failure(options: Parameters<typeof startSandbox>[0]): Promise<string> {
	const error = await startSandbox({ port: 0, ...options }).then(
		sandbox => sandbox.close().then(() => undefined),
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(SandboxSetupError);
	return error instanceof Error ? error.message : '';
}

test('a port in use is named, with the way out', async () => {
	const first = await garden();
	const port = Number(new URL(first.url).port);
	expect(await failure({ port, library: [folder(GARDEN)] })).toBe(
		`Port ${port} is in use: choose another one with --port, or 0 for any free one.`,
	);
});

test('two sandboxes on any free port do not meet', async () => {
	const [one, other] = [await garden(), await garden()];
	expect(one.url).not.toBe(other.url);
	await ask(one, { message: 'cactus' });
	expect(one.executions()).toHaveLength(1);
	expect(other.executions()).toEqual([]);
});

test.each([
	[{ port: 70_000 }, 'The port has to be a whole number from 0 to 65535.'],
	[{ port: 1.5 }, 'The port has to be a whole number from 0 to 65535.'],
	[{ tokenDelayMs: -1 }, 'The token delay has to be a whole number from 0 to 60000.'],
	[JSON.parse('{"profile":"half"}'), 'There is no profile "half": full, bare.'],
	[{ rateLimitPerMinute: 0.5 }, 'The rate limit has to be a whole number from 0 to 1000000.'],
	[{ tokenDelayMs: Number.NaN }, 'The token delay has to be a whole number from 0 to 60000.'],
])('%j is refused', async (options, sentence) => {
	expect(await failure({ library: [folder(GARDEN)], ...options })).toBe(sentence);
});

test('a library that cannot be one is refused in a sentence that names it', async () => {
	const root = folder({
		'notes.txt': 'x',
		'empty.md': '\n\n',
		'sub/.hidden/a.md': 'x',
		'node_modules/a/README.md': 'x',
	});
	mkdirSync(join(root, 'bare'));
	symlinkSync('loop.md', join(root, 'loop.md'));
	const sentence = (name: string) => failure({ library: [join(root, name)] });
	expect(await sentence('nowhere')).toBe(`The library path ${join(root, 'nowhere')} does not exist.`);
	expect(await sentence('bare')).toBe(`The library folder ${join(root, 'bare')} contains no Markdown file.`);
	expect(await sentence('sub')).toBe(`The library folder ${join(root, 'sub')} contains no Markdown file.`);
	expect(await sentence('notes.txt')).toMatch(/notes\.txt is neither a Markdown file nor a folder\.$/);
	expect(await sentence('empty.md')).toBe('The library contains no text to search.');
	expect(await sentence('loop.md')).toMatch(/loop\.md cannot be read \(ELOOP\)\.$/);
});

test('one bad path among good ones is enough to refuse, and nothing listens', async () => {
	const probe = createServer();
	await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve));
	const address = probe.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	await new Promise(resolve => probe.close(resolve));
	await failure({ port, library: [folder(GARDEN), '/nowhere/at/all'] });
	await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
});

test('without a library the agent answers from Markdown that is there', async () => {
	const sandbox = await startSandbox({ port: 0 });
	onTestFinished(() => sandbox.close());
	expect(sandbox.library.files).toBeGreaterThan(0);
	expect(sandbox.library.passages).toBeGreaterThan(0);
});

test('several files and folders make one library, relative to the folder they share', async () => {
	const root = folder({
		...GARDEN,
		'docs/deep/frost.md': 'Frost kills basil.',
		'docs/NOTES.MARKDOWN': 'Basil needs sun.',
	});
	const library = [join(root, 'garden.md'), join(root, 'docs'), join(root, 'docs/deep/frost.md')];
	const sandbox = await garden({ library });
	expect(sandbox.library).toEqual({ files: 3, passages: 5, warnings: [] });
	const turn = await ask(sandbox, { message: 'frost' });
	expect(turn.sources).toEqual([
		{ file: 'docs/deep/frost.md', line: 1, heading: null, score: expect.any(Number) },
	]);
});

test('of a very large file the beginning is searched, and the sandbox says so', async () => {
	const lines = `Basil.\n\n${'Filler words without meaning.\n'.repeat(40_000)}\n\nPeppermint.\n`;
	const sandbox = await garden({ library: [folder({ 'large.md': lines })] });
	expect(sandbox.library.warnings).toEqual([
		'large.md is larger than 1 MiB: only its beginning is searched.',
	]);
	expect((await ask(sandbox, { message: 'basil' })).sources).toHaveLength(1);
	expect((await ask(sandbox, { message: 'peppermint' })).sources).toHaveLength(0);
});

test('closing ends streams and runs, records them as stopped, and may be asked for twice', async () => {
	const database = join(folder(), 'sandbox.db');
	const options = { database, tokenDelayMs: 60_000 };
	const sandbox = await garden(options);
	const { id } = await createTrigger(sandbox, { execution: { mode: 'async' } });
	await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: { message: 'cactus' } });
	const response = await fetch(`${sandbox.url}/api/v2/agents/${sandbox.agentId}/stream`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.member, 'Content-Type': 'application/json' },
		body: JSON.stringify({ message: 'cactus' }),
	});
	const rest = response.text().catch(() => 'cut');
	await Promise.all([sandbox.close(), sandbox.close()]);
	await rest;
	await expect(fetch(`${sandbox.url}/health`)).rejects.toThrow();
	const after = await garden({ database });
	expect(after.executions().map(({ status, error }) => [status, error?.code])).toEqual([
		['failed', 'SANDBOX_STOPPED'],
		['failed', 'SANDBOX_STOPPED'],
	]);
});

test('an idle connection does not keep the sandbox from closing', async () => {
	const sandbox = await garden();
	const idle = raw(sandbox, ['GET /health HTTP/1.1', 'Host: localhost:PORT']);
	await call(sandbox, 'GET /health');
	await sandbox.close();
	expect(await idle).toContain('200 OK');
});
