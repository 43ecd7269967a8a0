// Flows of the piece in our own host, against the sandbox in both profiles.
//   node hosts/activepieces/run.ts [wait trigger faults]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const CONNECTOR = join(import.meta.dirname, '../../connectors/activepieces');
const RESULTS = join(CONNECTOR, 'test-results/flows.json');

if (!existsSync(join(CONNECTOR, 'dist/package/src/index.js'))) {
	console.error('The piece is not built; run "npm run build" first.');
	process.exit(2);
}
rmSync(RESULTS, { force: true });
const vitest = join(CONNECTOR, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(
	process.execPath,
	[vitest, 'run', '--config', 'flows/vitest.config.ts', ...process.argv.slice(2)],
	{ cwd: CONNECTOR, stdio: 'inherit' },
);
const { numPassedTests = 0, numFailedTests = 0 } = existsSync(RESULTS)
	? JSON.parse(readFileSync(RESULTS, 'utf8'))
	: {};
// A file that cannot be loaded fails the run without a failed test.
const failed = numFailedTests || Number(status !== 0);
console.log(`\n${numPassedTests} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
