import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestSandbox, type TestSandbox } from '../../packages/agent-client/test/sandbox.ts';
import { bunBinary, chromiumBinary, denoBinary, HERE, workerdBinary } from './binaries.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';
import { type Ended, kill, run, start } from './process.ts';
import type { Result } from './result.ts';
import type { Outcome, Wire } from './smoke.ts';

const TIMEOUT_MS = 120_000;
const SCRIPT = join(HERE, 'smoke-script.ts');
/** Nobody is given a port this low, as a port that was just closed may be by another runtime's tests. */
const REFUSED = 'http://127.0.0.1:2';

type Host = (wire: Wire, faults: FaultServer) => Promise<Result>;

/** Each with a sandbox and a faulty server of its own. */
export const SMOKE_HOSTS: Readonly<Record<string, () => Promise<Result>>> = {
	bun: withServers(wire => program(bunBinary(), [SCRIPT, JSON.stringify(wire)])),
	deno: withServers(wire =>
		program(denoBinary(), [
			'run',
			'--allow-net=127.0.0.1',
			'--no-lock',
			'--quiet',
			SCRIPT,
			JSON.stringify(wire),
		]),
	),
	workerd: withServers(async wire => {
		await bundle('smoke-worker.ts', 'worker.js');
		const env = { WIRE: JSON.stringify(wire) };
		return program(workerdBinary(), ['test', join(HERE, 'workerd.capnp')], env);
	}),
	browser: withServers(page),
};

function withServers(host: Host): () => Promise<Result> {
	return async () => {
		await mkdir(join(HERE, 'test-results'), { recursive: true });
		const sandbox: TestSandbox = await startTestSandbox({ tokenDelayMs: 0 });
		const faults = await startFaultServer(sandbox.url);
		try {
			const wire = {
				sandbox: sandbox.url,
				faults: faults.url,
				refused: REFUSED,
				apiKey: sandbox.keys.admin,
				agentId: sandbox.agentId,
			};
			return await host(wire, faults);
		} finally {
			await faults.close();
			await sandbox.close();
		}
	};
}

/** A program that prints its outcomes as one line of JSON; several, where it runs the checks several times. */
async function program(
	binary: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv = {},
): Promise<Result> {
	const ended = await run(binary, args, { cwd: HERE, env: { ...env, NO_COLOR: '1' }, timeoutMs: TIMEOUT_MS });
	const lines = ended.stdout.split('\n').filter(line => line.startsWith('[{"name"'));
	const outcomes = lines.flatMap((line): Outcome[] => JSON.parse(line));
	const { passed, failures } = resultOf(outcomes);
	return { passed, failures: outcomes.length === 0 ? [ending(ended)] : failures };
}

function ending({ status, stdout, stderr }: Ended): string {
	return `the program ended with ${status}: ${stdout}${stderr}`;
}

function resultOf(outcomes: readonly Outcome[]): { passed: number; failures: string[] } {
	const failures = outcomes.flatMap(({ name, reason }) =>
		reason === undefined ? [] : [`${name}: ${reason}`],
	);
	return { passed: outcomes.length - failures.length, failures };
}

/** One file without an import left. A module of Node's would make this fail. */
async function bundle(entry: string, name: string): Promise<string> {
	const outfile = join(HERE, 'test-results', name);
	// Not imported above: this file is loaded before the folder's packages are installed.
	const { build } = await import('esbuild');
	const { outputFiles } = await build({
		absWorkingDir: HERE,
		entryPoints: [entry],
		outfile,
		bundle: true,
		format: 'esm',
		platform: 'browser',
		target: 'es2022',
		write: false,
		logLevel: 'silent',
	});
	const [file] = outputFiles;
	if (file === undefined) throw new Error('Nothing was bundled.');
	await writeFile(outfile, file.text);
	return file.text;
}

async function page(wire: Wire, faults: FaultServer): Promise<Result> {
	const script = await bundle('smoke-page.ts', 'page.js');
	const chromium = await chromiumBinary();
	if (chromium === undefined) {
		return {
			passed: 1,
			failures: [],
			skipped: ['the checks in a page: no Chromium here; the bundle was made'],
		};
	}
	// A page talks to its own origin.
	faults.servePage({ ...wire, sandbox: `${faults.url}/sandbox` }, script);
	const profile = await mkdtemp(join(tmpdir(), 'runtimes-chromium-'));
	const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
	const browser = start(chromium, [...flags, `--user-data-dir=${profile}`, faults.url], { cwd: HERE });
	browser.stdout.resume();
	browser.stderr.resume();
	const closed = once(browser, 'close');
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<readonly Outcome[]>(resolve => {
		timer = setTimeout(() => resolve([{ name: 'the page', reason: 'said nothing in time' }]), TIMEOUT_MS);
	});
	try {
		return resultOf(await Promise.race([faults.outcomes, late]));
	} finally {
		clearTimeout(timer);
		kill(browser);
		await closed;
		await rm(profile, { recursive: true, force: true, maxRetries: 5 });
	}
}
