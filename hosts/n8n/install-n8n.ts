import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launch } from './leashed.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const FILES = ['package.json', 'package-lock.json'];

const { dependencies }: { dependencies: { n8n: string } } = JSON.parse(textOf('package.json'));
const { packages }: { packages: Record<string, unknown> } = JSON.parse(textOf('package-lock.json'));

export const N8N_VERSION = dependencies.n8n;

/**
 * n8n as the lock file has it: installed once for this user, outside the work tree, because it is 2.2 GB.
 * @returns the folder whose `node_modules` has it
 */
export async function installN8n(): Promise<string> {
	const lockHash = createHash('sha256').update(FILES.map(textOf).join()).digest('hex').slice(0, 8);
	const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'zihin-integrations');
	const folder = join(cache, `n8n-${N8N_VERSION}-${lockHash}`);
	if (existsSync(folder)) return folder;
	await mkdir(cache, { recursive: true });
	await withLock(`${folder}.lock`, async () => {
		// Another run may have done it while this one waited.
		if (!existsSync(folder)) await installInto(folder);
	});
	return folder;
}

/** A complete installation appears at once: one that was interrupted is begun again. */
async function installInto(folder: string): Promise<void> {
	const part = `${folder}.part`;
	await rm(part, { recursive: true, force: true });
	await mkdir(part);
	for (const file of FILES) await cp(join(HERE, file), join(part, file));
	console.log(`» Installing n8n ${N8N_VERSION}, once: about 5 minutes and 2.2 GB, in ${folder} …`);
	// Not `npm ci`: it wants every optional package of every system, also those that a mirror leaves out.
	const flags = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=http'];
	await npm(part, ['install', ...flags], 'packages');
	console.log('» Building the one package that has to be built for this machine, sqlite3 …');
	await npm(part, ['rebuild', 'sqlite3', '--foreground-scripts'], 'building');
	await rename(part, folder);
}

async function npm(cwd: string, args: readonly string[], what: 'packages' | 'building'): Promise<void> {
	const started = performance.now();
	const running = await launch({ name: 'npm', program: 'npm', args, cwd, env: buildEnvironment() });
	let fetched = 0;
	running.onLine(line => {
		if (/^npm http (?:fetch GET 200|cache) .*\.tgz/.test(line)) fetched++;
	});
	const total = Object.keys(packages).length - 1;
	const timer = setInterval(() => {
		const seconds = Math.round((performance.now() - started) / 1000);
		const progress = what === 'packages' ? `, ${fetched} of about ${total} packages` : '';
		console.log(`  ${seconds} s${progress}`);
	}, 10_000);
	try {
		const status = await running.ended;
		if (status !== 0) throw new Error(`npm ${args[0]} failed.\n${running.lines.join('\n')}`);
	} finally {
		clearInterval(timer);
	}
}

/**
 * Where sqlite3 cannot be fetched ready made it is compiled, and then node-gyp would fetch Node's headers. Those of a
 * package manager do: the interface that sqlite3 uses is the same in all versions.
 */
function buildEnvironment(): NodeJS.ProcessEnv {
	const headers = existsSync('/usr/include/node/node_api.h') ? { npm_config_nodedir: '/usr' } : {};
	return { ...process.env, ...headers, JOBS: 'max' };
}

/** A lock that the system takes back when its holder ends, however it ends. */
async function withLock(file: string, work: () => Promise<void>): Promise<void> {
	const lock = new DatabaseSync(file, { timeout: 0 });
	try {
		for (let told = false; !takes(lock); told = true) {
			if (!told) console.log('» Another run is installing n8n: waiting for it …');
			await sleep(1000);
		}
		await work();
	} finally {
		lock.close();
	}
}

function takes(lock: DatabaseSync): boolean {
	try {
		lock.exec('BEGIN EXCLUSIVE');
		return true;
	} catch (error) {
		if (error instanceof Error && error.message.includes('locked')) return false;
		throw error;
	}
}

function textOf(file: string): string {
	return readFileSync(join(HERE, file), 'utf8');
}
