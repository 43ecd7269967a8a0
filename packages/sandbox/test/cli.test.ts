import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SANDBOX_AGENT_ID, SANDBOX_KEYS } from '../src/index.ts';
import { call, createTrigger, folder, GARDEN, garden, until } from './harness.ts';

const BIN = join(import.meta.dirname, '../bin/zihin-sandbox.js');

/** The command as it is installed: what it prints, and how it ends. */
function run(...args: string[]) {
	expect(existsSync(join(import.meta.dirname, '../dist/cli.js')), 'the package has to be built first').toBe(
		true,
	);
	return start([BIN, ...args]);
}

function start(args: readonly string[]) {
	const child = spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
	onTestFinished(() => void child.kill('SIGKILL'));
	const output = { out: '', err: '' };
	child.stdout.on('data', chunk => {
		output.out += chunk;
	});
	child.stderr.on('data', chunk => {
		output.err += chunk;
	});
	const ended = new Promise<{ code: number | null; out: string; err: string }>(resolve => {
		child.on('close', code => resolve({ code, ...output }));
	});
	return { child, output, ended };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
	'the command serves until %s and then ends with 0',
	async signal => {
		const { child, output, ended } = run('--port', '0', '--library', folder(GARDEN));
		const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(output.out)?.[0]);
		const response = await fetch(`${url}/api/v2/agents`, { headers: { 'X-Api-Key': SANDBOX_KEYS.member } });
		expect(response.status).toBe(200);
		await until(() => (output.out.includes('Ctrl+C') ? true : undefined));
		for (const shown of [...Object.values(SANDBOX_KEYS), SANDBOX_AGENT_ID])
			expect(output.out).toContain(shown);
		child.kill(signal);
		expect(await ended).toMatchObject({ code: 0, err: '' });
	},
);

test('what one command has exported, another one begins with; a reset begins with nothing', async () => {
	const root = folder(GARDEN);
	const [database, copy] = [join(root, 'sandbox.db'), join(root, 'copy.db')];
	const total = async (...flags: string[]) => {
		const { child, output, ended } = run('--port', '0', '--library', join(root, 'garden.md'), ...flags);
		const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(output.out)?.[0]);
		const sandbox = { ...(await garden()), url };
		const { body } = await call(sandbox, 'GET /api/triggers');
		await createTrigger(sandbox);
		child.kill('SIGTERM');
		expect(await ended).toMatchObject({ code: 0, err: '' });
		return body.at('pagination.total');
	};
	expect(await total('--database', database)).toBe(0);
	expect(await run('--database', database, '--export', copy).ended).toEqual({
		code: 0,
		out: `Wrote ${copy}: triggers 1, sessions 0, executions 0.\n`,
		err: '',
	});
	expect(await total('--database', database)).toBe(1);
	expect(await total('--import', copy)).toBe(1);
	expect(await total('--database', database, '--reset')).toBe(0);
	expect(await total('--database', database, '--reset', '--import', copy)).toBe(1);
	// A mistake in what is to be imported is found before anything is deleted.
	for (const [file, sentence] of [
		[database, `--reset would delete ${database} before --import has read it.`],
		[join(root, 'no.db'), `The file ${join(root, 'no.db')} does not exist.`],
	]) {
		const { code, err } = await run('--database', database, '--reset', '--import', String(file)).ended;
		expect({ code, err }).toEqual({ code: 2, err: `${sentence}\n` });
	}
	expect(await total('--database', database)).toBe(2);
});

test('a running answer does not keep the command from ending', async () => {
	const { child, output, ended } = run('--port', '0', '--library', folder(GARDEN), '--token-delay', '60000');
	const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(output.out)?.[0]);
	const response = await fetch(`${url}/api/v2/agents/${SANDBOX_AGENT_ID}/stream`, {
		method: 'POST',
		headers: { 'X-Api-Key': SANDBOX_KEYS.member, 'Content-Type': 'application/json' },
		body: '{"message":"cactus"}',
	});
	const rest = response.text().catch(() => '');
	child.kill('SIGTERM');
	expect((await ended).code).toBe(0);
	await rest;
});

test('the profile and the rate limit are those of the flags', async () => {
	const flags = ['--profile', 'bare', '--rate-limit', '1'];
	const { output } = run('--port', '0', '--library', folder(GARDEN), ...flags);
	const url = await until(() => /http:\/\/127\.0\.0\.1:\d+/.exec(output.out)?.[0]);
	const ask = async () => (await fetch(`${url}/api/v2/agents`)).json();
	expect(await ask()).toMatchObject({ error: 'authentication_required', status: 'error' });
	expect(await ask()).toMatchObject({ error: 'rate_limit_exceeded', details: { limit: 1 } });
});

test.each([
	[['--port', 'abc'], /'abc' is invalid.*whole number/],
	[['--port', '1.5'], /'1\.5' is invalid.*whole number/],
	[['--port', '70000'], /^The port has to be a whole number from 0 to 65535\.$/],
	[['--token-delay', '-1'], /invalid.*whole number|unknown option/],
	[['--profile', 'half'], /'half' is invalid.*full, bare/],
	[['--rate-limit', 'many'], /'many' is invalid.*whole number/],
	[['--speed', 'fast'], /'fast' is invalid.*a number such as 10 or 0\.5/],
	[['--speed', '0'], /^The speed has to be a number above 0, 1000000 at most\.$/],
	[['--agents', '/nowhere/agents.yaml'], /^The file \/nowhere\/agents\.yaml does not exist\.$/],
	[['--agents', join(import.meta.dirname, 'harness.ts')], /harness\.ts:\d+:\d+: .+$/],
	[['--library', '/nowhere/at/all'], /^The library path \/nowhere\/at\/all does not exist\.$/],
	[
		['--database', '/nowhere/sandbox.db'],
		/^The folder of the database \/nowhere\/sandbox\.db does not exist\.$/,
	],
	[['--memory', '--database', 'x.db'], /'--memory' cannot be used with option '--database <file>'/],
	[['--memory', '--reset'], /'--memory' cannot be used with option '--reset'/],
	[
		['--export', 'x.db', '--import', 'y.db'],
		/'--export <file>' cannot be used with option '--import <file>'/,
	],
	[['--reset'], /^--reset needs the file that it is about: add --database <file>\.$/],
	[['--export', 'x.db'], /^--export needs the file that it is about: add --database <file>\.$/],
	[['--export', 'x.db', '--database', '/nowhere/a.db'], /^The file \/nowhere\/a\.db does not exist\.$/],
	[['--import', '/nowhere/a.db'], /^The file \/nowhere\/a\.db does not exist\.$/],
	[['--database', '.', '--reset'], /^The file \. cannot be read \(EISDIR\)\.$/],
	[['--colour'], /unknown option/],
	[['extra'], /too many arguments/],
])('%j is answered with one sentence and 2', async (args, sentence) => {
	const { code, out, err } = await run('--port', '0', ...args).ended;
	expect(err.trim()).toMatch(sentence);
	expect(err.trim().split('\n')).toHaveLength(1);
	expect({ code, out }).toEqual({ code: 2, out: '' });
});

test('a port in use is answered with one sentence and 2', async () => {
	const { port } = new URL((await garden()).url);
	const { code, err } = await run('--port', port, '--library', folder(GARDEN)).ended;
	expect({ code, err }).toEqual({
		code: 2,
		err: `Port ${port} is in use: choose another one with --port, or 0 for any free one.\n`,
	});
});

test('help shows every option and an example, version shows the version', async () => {
	const help = await run('--help').ended;
	expect(help.code).toBe(0);
	for (const option of [
		'--port',
		'--agents',
		'--library',
		'--speed',
		'--database',
		'--memory',
		'--reset',
		'--export',
		'--import',
		'--token-delay',
		'--profile',
		'--zone',
		'--rate-limit',
		'--version',
		'$ zihin-sandbox',
	]) {
		expect(help.out).toContain(option);
	}
	expect(await run('--version').ended).toEqual({
		code: 0,
		out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
		err: '',
	});
});

test.each(['18.20.8', '20.19.0', '22.15.1', '23.10.0'])(
	'on Node %s the command says what it needs and ends with 1',
	async version => {
		const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'${version}'}})`;
		expect(await start(['--import', pretend, BIN, '--version']).ended).toEqual({
			code: 1,
			out: '',
			err: `zihin-sandbox needs Node 22.16 or newer; this is ${version}.\n`,
		});
	},
);
