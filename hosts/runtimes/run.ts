// The client's tests on other runtimes: its whole suite on each Node, the checks of smoke.ts on everything else.
//   node hosts/runtimes/run.ts [node-18 node-20 node-22 node-24 node-26 bun deno workerd browser]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HERE, install } from './binaries.ts';
import { runSuite } from './node-suite.ts';
import type { Result } from './result.ts';
import { SMOKE_HOSTS } from './smoke-hosts.ts';

/** The suites wait more than they compute: two at once on two cores. */
const AT_ONCE = 2;

const RUNTIMES: Readonly<Record<string, () => Promise<Result>>> = {
	...Object.fromEntries([18, 20, 22, 24, 26].map(major => [`node-${major}`, () => runSuite(major)])),
	...SMOKE_HOSTS,
};

const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(RUNTIMES) : asked;
const unknown = names.filter(name => !Object.hasOwn(RUNTIMES, name));
if (unknown.length > 0) {
	console.error(`Unknown: ${unknown.join(' ')}. There are ${Object.keys(RUNTIMES).join(' ')}.`);
	process.exit(2);
}
for (const name of ['agent-client', 'sandbox']) {
	if (existsSync(join(HERE, '../../packages', name, 'dist/index.js'))) continue;
	console.error(`packages/${name} is not built; run "npm run build" first.`);
	process.exit(2);
}

console.log('» Installing the runtimes from the lock file …');
await install();
const results = new Map<string, Result>();
const waiting = [...names];
await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
const failed = report();
process.exit(failed === 0 ? 0 : 1);

async function takeTurns(): Promise<void> {
	for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
		const started = performance.now();
		console.log(`» ${name} …`);
		const result = await resultOf(name);
		results.set(name, result);
		const seconds = Math.round((performance.now() - started) / 1000);
		console.log(`» ${name}: ${result.passed} passed, ${result.failures.length} failed in ${seconds} s`);
		for (const failure of result.failures) console.log(`  failed on ${name}: ${failure}`);
		for (const test of result.skipped ?? []) console.log(`  not on ${name}: ${test}`);
	}
}

async function resultOf(name: string): Promise<Result> {
	try {
		return (await RUNTIMES[name]?.()) ?? { passed: 0, failures: ['there is no such runtime'] };
	} catch (error) {
		return { passed: 0, failures: [error instanceof Error ? error.message : String(error)] };
	}
}

function report(): number {
	console.log('\n| runtime | passed | failed |\n| ------- | ------ | ------ |');
	const rows = names.map(name => ({ name, ...(results.get(name) ?? { passed: 0, failures: [] }) }));
	for (const { name, passed, failures } of rows) {
		console.log(
			`| ${name.padEnd(7)} | ${String(passed).padStart(6)} | ${String(failures.length).padStart(6)} |`,
		);
	}
	const passed = rows.reduce((sum, row) => sum + row.passed, 0);
	const failed = rows.reduce((sum, row) => sum + row.failures.length, 0);
	console.log(`\n${passed} passed, ${failed} failed`);
	return failed;
}
