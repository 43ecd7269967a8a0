// What it costs to load the piece, beside a bundle of the framework alone: newer releases of the platform start a
// process for every call.
//   pnpm run bench [runs]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLE } from '../bundle.mjs';

const RUNS = Number(process.argv[2] ?? 41);
const here = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'zihin-load-'));
const empty = join(folder, 'empty.cjs');
const framework = join(folder, 'framework.cjs');
writeFileSync(empty, '');
await build({
	...BUNDLE,
	absWorkingDir: here,
	stdin: { contents: "export * from '@activepieces/pieces-framework';", resolveDir: here },
	outfile: framework,
});
const bundles = {
	nothing: empty,
	'the framework': framework,
	'the piece': join(here, 'dist/package/src/index.js'),
};

/** A process that loads one file, from its start to its end, and the loading alone; in milliseconds. */
function load(file: string): { readonly process: number; readonly loading: number } {
	const started = performance.now();
	const code = `const t = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - t)`;
	const { stdout, status } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
	if (status !== 0) throw new Error(`${file} cannot be loaded.`);
	return { process: performance.now() - started, loading: Number(stdout) };
}

function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const seen = new Map(Object.keys(bundles).map(name => [name, [] as ReturnType<typeof load>[]]));
for (let run = 0; run < RUNS; run++) {
	// In turns, so that what else the machine does hits all of them.
	for (const [name, file] of Object.entries(bundles)) seen.get(name)?.push(load(file));
}
console.log(`Node ${process.versions.node}, medians of ${RUNS} processes each, in turns\n`);
console.log(
	'| loads         | process, ms | loading alone, ms |\n| ------------- | ----------- | ----------------- |',
);
for (const [name, times] of seen) {
	const [whole, alone] = [times.map(time => time.process), times.map(time => time.loading)].map(median);
	console.log(
		`| ${name.padEnd(13)} | ${whole?.toFixed(0).padStart(11)} | ${alone?.toFixed(1).padStart(17)} |`,
	);
}
rmSync(folder, { recursive: true });
