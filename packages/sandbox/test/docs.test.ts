import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { FAULTS } from '../src/faults/fault.ts';
import { startSandbox } from '../src/index.ts';
import { folder, until } from './harness.ts';
import { openStream, readStream, sandboxOf } from './stream-client.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/sandbox-agents.md'), 'utf8');
const BIN = join(import.meta.dirname, '../bin/zihin-sandbox.js');

interface Block {
	readonly language: string;
	readonly text: string;
}

const blocks: Block[] = [...PAGE.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
	([, language = '', text = '']) => ({
		language,
		text,
	}),
);

/** The files of the page by the names in their first lines, and the handbook that they speak of. */
const files: Record<string, string> = { 'handbook/tea.md': '# Tea\n\nTea is in the cupboard.\n' };
for (const { language, text } of blocks) {
	if (language === 'yaml') files[/^# (\S+\.yaml)$/m.exec(text)?.[1] ?? 'unnamed'] = text;
}

beforeAll(() => {
	process.env.MODEL_KEY = 'sk-docs';
	return () => void delete process.env.MODEL_KEY;
});

test('the page has a name for each of its files, and no other kind of snippet than these', () => {
	expect(Object.keys(files).sort()).toEqual([
		'agents.yaml',
		'handbook/tea.md',
		'mistaken.yaml',
		'order-desk.yaml',
		'unlucky.yaml',
	]);
	expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['sh', 'yaml', 'text']));
});

test('every agent of the example answers as the page says', async () => {
	const sandbox = await sandboxOf(files['agents.yaml'] ?? '', files);
	const ask = (agent: string, message: string) => readStream(sandbox, { agent, body: { message } });
	expect((await ask('Handbook', 'tea')).data('response').at('sources.0.file')).toBe('tea.md');
	expect((await ask('Echo', '{{x}}')).data('response').at('content')).toBe('You said: {{x}}');
	const order = await ask('Order Desk', 'Where is it?');
	expect(order.data('response').at('content')).toBe('Your parcel arrives on Monday.');
	expect(order.data('metrics').at('model_config.model')).toBe('order-desk-1');
	expect((await ask('Order Desk', 'REFUND!')).names.at(-1)).toBe('error');
	expect((await openStream(sandbox, { agent: 'Model' })).status).toBe(200);
});

test('everything befalls the connection that the page says', async () => {
	const agents = 'agents: [{ name: Unlucky, engine: { script: { file: unlucky.yaml } } }]';
	const sandbox = await sandboxOf(agents, files);
	const ask = (message: string) => readStream(sandbox, { body: { message } });
	expect((await ask('large')).data('thinking').text('thought')).toHaveLength(2 ** 21);
	expect((await ask('endless')).names.at(-1)).toBe('metrics');
	expect((await ask('hello')).broken).toBeDefined();
	const leave = new AbortController();
	const silent = await openStream(sandbox, { body: { message: 'silent' }, signal: leave.signal });
	expect(silent.status).toBe(200);
	leave.abort();
});

test('the mistake of the page is told in the words of the page', async () => {
	const root = folder(files);
	const expected = blocks.find(({ language }) => language === 'text')?.text.trim();
	await expect(startSandbox({ port: 0, agents: join(root, 'mistaken.yaml') })).rejects.toThrow(
		`${root}/${expected}`,
	);
});

test.each(blocks.filter(({ language }) => language === 'sh').map(({ text }) => text.trim()))(
	'%s starts',
	async command => {
		const [name, ...args] = command.split(' ');
		expect(name).toBe('zihin-sandbox');
		const child = spawn(process.execPath, [BIN, ...args, '--port', '0'], { cwd: folder(files) });
		onTestFinished(() => void child.kill('SIGKILL'));
		let out = '';
		child.stdout.on('data', chunk => {
			out += chunk;
		});
		const ended = new Promise(resolve => child.on('close', resolve));
		await until(() => (out.includes('Stop it with Ctrl+C.') ? true : undefined));
		child.kill('SIGTERM');
		expect(await ended).toBe(0);
	},
);

test('the table of shipped agents is complete', async () => {
	const sandbox = await startSandbox({ port: 0 });
	onTestFinished(() => sandbox.close());
	const answer = await fetch(`${sandbox.url}/api/v2/agents`, {
		headers: { 'X-Api-Key': sandbox.keys.member },
	});
	const { data }: { data: { name: string }[] } = JSON.parse(await answer.text());
	const listed = [...PAGE.matchAll(/^\| \*\*(.+?)\*\*/gm)].map(([, name]) => name);
	expect(listed).toEqual(data.map(({ name }) => name));
});

const CONSOLE_PAGE = readFileSync(join(import.meta.dirname, '../../../docs/sandbox.md'), 'utf8');

test('the page of the sandbox names every fault that there is, and no other', () => {
	const table = CONSOLE_PAGE.slice(CONSOLE_PAGE.indexOf('## Faults'), CONSOLE_PAGE.indexOf('## Profiles'));
	const cells = [...table.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
	const named = cells.flatMap(cell => [...cell.matchAll(/`([\w-]+)/g)].map(([, name]) => name));
	const values = ['date', 'huge', 'garbage', 'absent'];
	const faults = new Set(named.filter(name => name !== undefined && !values.includes(name)));
	expect([...faults].sort()).toEqual(FAULTS.map(({ name }) => name).sort());
});

test('the snippet of the page of the sandbox runs', async () => {
	const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(CONSOLE_PAGE) ?? [];
	const said: unknown[] = [];
	const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
	const run = AsyncFunction('startSandbox', 'console', snippet.replace(/^import .*$/m, ''));
	await run(startSandbox, { log: (...words: unknown[]) => said.push(...words) });
	expect(said).toEqual([200, 0]);
});
