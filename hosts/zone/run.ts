// Zone apps, built with each Next and started on each Node, in a browser before the sandbox.
//   node hosts/zone/run.ts [example page node]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { install as installRuntimes } from '../runtimes/binaries.ts';
import { install } from './install.ts';
import { EXAMPLE, HERE, ROOT, SDK } from './places.ts';

const REPORT = join(HERE, 'test-results', 'vitest.json');

if (!existsSync(join(SDK, 'dist', 'index.js'))) {
	console.error('packages/cxpa-sdk is not built; run "npm run build" first.');
	process.exit(2);
}
console.log('» Installing Next from the lock files, and the runtimes …');
await install(EXAMPLE);
await install(HERE);
await installRuntimes();
const types = spawnSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', HERE], { stdio: 'inherit' });
if (types.status !== 0) {
	console.error('hosts/zone does not type-check.\n\n0 passed, 1 failed');
	process.exit(1);
}
await rm(REPORT, { force: true });
console.log('» Building and driving the zone apps …');
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
const tests = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
	cwd: HERE,
	stdio: 'inherit',
	detached: true,
});
// To all of its processes: each ends what it has started, a Next or a browser.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.prependOnceListener(signal, () => tests.pid !== undefined && process.kill(-tests.pid, 'SIGTERM'));
}
const [status] = await once(tests, 'close');
const { passed, failed } = await totals();
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(status === 0 && failed === 0 ? 0 : 1);

async function totals(): Promise<{ passed: number; failed: number }> {
	const text = await readFile(REPORT, 'utf8').catch(() => undefined);
	if (text === undefined) return { passed: 0, failed: 1 };
	const report: { numPassedTests: number; numFailedTests: number; success: boolean } = JSON.parse(text);
	// A file that cannot be loaded fails the run without a failed test.
	return { passed: report.numPassedTests, failed: report.numFailedTests || (report.success ? 0 : 1) };
}
