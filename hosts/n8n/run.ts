// The packed connector in a real n8n: `npm run hosts -- n8n`, or with the names of test files,
//   node hosts/n8n/run.ts [regular queue browser start]
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installN8n } from './install-n8n.ts';
import { launch } from './leashed.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const REPORT = join(HERE, 'test-results', 'vitest.json');

await installN8n();
rmSync(REPORT, { force: true });
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const tests = await launch({
	name: 'vitest',
	program: process.execPath,
	args: [vitest, 'run', '--root', HERE, ...process.argv.slice(2)],
	cwd: HERE,
	env: process.env,
});
tests.onLine(line => console.log(line));
const status = await tests.ended;
const { passed, failed } = totals();
console.log(`${passed} passed, ${failed} failed`);
process.exit(status === 0 && failed === 0 ? 0 : 1);

function totals(): { passed: number; failed: number } {
	try {
		const report: { numPassedTests: number; numFailedTests: number; success: boolean } = JSON.parse(
			readFileSync(REPORT, 'utf8'),
		);
		// A file that cannot be loaded fails the run without a failed test.
		const failed = report.numFailedTests || (report.success ? 0 : 1);
		return { passed: report.numPassedTests, failed };
	} catch {
		console.log(`The tests ended with status ${status}, without a report.`);
		return { passed: 0, failed: 1 };
	}
}
