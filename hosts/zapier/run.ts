// The Zapier app as it would be uploaded: built and unpacked by Zapier's own command, then driven through Zapier's
// wrapper, by the connector's own tests, on several versions of Node.
//   node hosts/zapier/run.ts [20 22 24]
import { join } from 'node:path';
import { resultOf } from '../runtimes/node-suite.ts';
import { run } from '../runtimes/process.ts';
import type { Result } from '../runtimes/result.ts';
import type { Build } from './build.ts';
import { HERE, nodeBinary, pnpm, ROOT } from './toolchain.ts';

const asked = process.argv.slice(2).map(Number);
const majors = asked.length > 0 ? asked : [20, 22, 24];

console.log('» Installing Zapier’s command from the lock file …');
await pnpm(HERE, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn');
console.log('» Building the app …');
// What it is made with is installed only now.
const { build } = await import('./build.ts');
const built = await build();
const results = [judged(built), ...(await Promise.all(majors.map(drive)))];
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failures.length, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** What must hold of the package itself. */
function judged({ bytes, files }: Build): Result {
	const size = `${Math.round(bytes / 1024)} KB in ${files.length} files`;
	const strange = files.filter(
		name => !/^(?:node_modules\/|dist\/|package\.json$|[a-z]+\.(?:js|json)$)/.test(name),
	);
	const developers = files.filter(name => /^node_modules\/(?:@zihin|esbuild|typescript|vite)/.test(name));
	const failures = [
		...(bytes < 2 * 1024 * 1024 ? [] : [`build.zip is too big: ${size}`]),
		...strange.map(name => `build.zip holds ${name}`),
		...developers.map(name => `build.zip holds ${name}, which only development needs`),
	];
	return report(`build.zip, ${size}`, { passed: failures.length === 0 ? 1 : 0, failures });
}

/** All tests of the connector, with the unpacked build on this Node. */
async function drive(major: number): Promise<Result> {
	const file = join(HERE, 'dist', `node-${major}.json`);
	const { status, stderr } = await run(
		process.execPath,
		['node_modules/vitest/vitest.mjs', 'run', `--config=${join(HERE, 'vitest.config.ts')}`],
		{
			cwd: join(ROOT, 'connectors/zapier'),
			env: {
				ZIHIN_ZAPIER_BUILD: built.folder,
				ZIHIN_ZAPIER_NODE: nodeBinary(major),
				ZIHIN_REPORT: file,
				NO_COLOR: '1',
			},
			timeoutMs: 600_000,
		},
	);
	return report(`Node ${major}`, await resultOf(file, status, stderr));
}

function report(name: string, result: Result): Result {
	console.log(`» ${name}: ${result.passed} passed, ${result.failures.length} failed`);
	for (const failure of result.failures) console.log(`  failed on ${name}: ${failure}`);
	return result;
}
