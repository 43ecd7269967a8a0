// The two commands of the README, from whatever Node and npm there are to the real work: fetches the right
// Node and pnpm when they are missing, installs, and runs turbo. Plain JavaScript, because Node 18 runs it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clearTestResults, testTotals } from './test-totals.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SELF = fileURLToPath(import.meta.url);
const WINDOWS = process.platform === 'win32';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const nodeVersion = readFileSync(join(ROOT, '.node-version'), 'utf8').trim();
const pnpmVersion = manifest.packageManager.split('@')[1];

const COMMANDS = {
	start: () => {
		turbo('Building', 'build', '--filter=@zihin/quickstart^...');
		run('node', ['packages/quickstart/src/start.ts', ...rest]);
	},
	test: () => {
		clearTestResults(ROOT);
		const status = turboStatus('Checking and testing', 'lint', 'typecheck', 'test', '--continue', ...rest);
		const { passed, failed } = testTotals(ROOT);
		console.log(`\n${passed} passed, ${failed} failed`);
		process.exit(status === 0 && failed === 0 && passed > 0 ? 0 : 1);
	},
	build: () => turbo('Building', 'build', ...rest),
	runtimes: () => {
		turbo('Building', 'build', '--filter=@zihin/agent-client', '--filter=@zihin/sandbox');
		run('node', ['hosts/runtimes/run.ts', ...rest]);
	},
	hosts: () => {
		turbo('Building', 'build');
		for (const host of rest.length > 0 ? rest : ['zapier', 'activepieces', 'n8n', 'zone']) {
			say(`In its host: ${host}`);
			run('node', [join('hosts', host, 'run.ts')]);
		}
	},
	zone: () => {
		turbo('Building', 'build', '--filter=@cxpa/sdk', '--filter=@zihin/sandbox');
		run('node', ['hosts/zone/start.ts', ...rest]);
	},
	n8n: () => {
		turbo('Building', 'build', '--filter=n8n-nodes-zihin', '--filter=@zihin/sandbox');
		run('node', ['hosts/n8n/start.ts', ...rest]);
	},
	bench: () => {
		turbo('Building', 'build', '--filter=@zihin/agent-client', '--filter=@zihin/sandbox');
		const bench = join(ROOT, 'bench');
		if (!existsSync(join(bench, 'node_modules'))) {
			say('Installing the peers from the lock file');
			run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', bench]);
		}
		run('node', [join(bench, 'run.ts'), ...rest]);
	},
	mutants: () => run('pnpm', ['--workspace-concurrency=1', '-r', 'run', 'mutants', ...rest]),
	screenshots: () => {
		turbo('Building', 'build');
		process.env.ZIHIN_PICTURES = '1';
		const scripts = {
			console: ['packages/sandbox/test/console/screenshots.ts'],
			zone: ['hosts/zone/run.ts', 'example'],
			n8n: ['hosts/n8n/screenshots.ts'],
		};
		for (const name of rest.length > 0 ? rest : Object.keys(scripts)) run('node', scripts[name]);
	},
	format: () => run('pnpm', ['exec', 'biome', 'check', '--write', ...rest]),
};

/** Said to the second start of this script, which runs under the toolchain that the first one fetched. */
const FETCHED = '--toolchain-fetched';
const fetched = process.argv[2] === FETCHED;
const [command = '', ...rest] = process.argv.slice(fetched ? 3 : 2);
if (!Object.hasOwn(COMMANDS, command)) {
	console.error(`Usage: node scripts/develop.mjs ${Object.keys(COMMANDS).join(' | ')}`);
	process.exit(2);
}
if (isToolchainHere()) {
	install();
	COMMANDS[command]();
} else {
	withToolchain();
}

function isToolchainHere() {
	const major = version => Number(version.split('.')[0]);
	if (major(process.versions.node) < major(nodeVersion)) return false;
	const pnpm = spawnSync('pnpm', ['--version'], { cwd: ROOT, encoding: 'utf8', shell: WINDOWS });
	return pnpm.status === 0 && major(pnpm.stdout) === major(pnpmVersion);
}

/** Starts this script again under the Node and pnpm of the npm registry. Nothing global is installed. */
function withToolchain() {
	if (fetched) {
		console.error(`Node ${nodeVersion} and pnpm ${pnpmVersion} were fetched, but do not run here.`);
		process.exit(1);
	}
	say(
		`Using Node ${nodeVersion} and pnpm ${pnpmVersion} from the npm registry (the first time takes some seconds)`,
	);
	const packages = ['-p', `node@${nodeVersion}`, '-p', `pnpm@${pnpmVersion}`];
	run('npx', ['-y', ...packages, 'node', SELF, FETCHED, command, ...rest]);
}

function install() {
	say('Installing dependencies from the lock file');
	run('pnpm', ['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn']);
}

function turbo(what, ...args) {
	const status = turboStatus(what, ...args);
	if (status !== 0) process.exit(status);
}

/** Turbo repeats only what has changed since the last time. */
function turboStatus(what, ...args) {
	say(what);
	const quiet = command === 'start' ? ['--output-logs=errors-only'] : ['--output-logs=new-only'];
	const env = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
	return spawn('pnpm', ['exec', 'turbo', 'run', ...args, ...quiet, '--concurrency=2'], env);
}

function run(program, args) {
	const status = spawn(program, args);
	if (status !== 0) process.exit(status);
}

function spawn(program, args, env = {}) {
	const options = { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } };
	// On Windows npx and pnpm are scripts, which only a shell starts.
	const { status, error } = spawnSync(program, args, { ...options, shell: WINDOWS && program !== 'node' });
	if (error) {
		console.error(`${program} could not be started: ${error.message}`);
		return 1;
	}
	return status ?? 1;
}

function say(what) {
	console.log(`» ${what} …`);
}
