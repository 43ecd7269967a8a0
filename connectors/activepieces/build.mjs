import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Builds dist/package, which is what gets published, and packs it to dist/*.tgz, which is what gets uploaded.
 * The platform installs a piece without its dependencies, so everything is in one file.
 */
const here = import.meta.dirname;
const dist = join(here, 'dist');
const staged = join(dist, 'package');
const MOST_BYTES = 300_000;

rmSync(dist, { recursive: true, force: true });
mkdirSync(staged, { recursive: true });

await build({
	absWorkingDir: here,
	entryPoints: ['src/index.ts'],
	outfile: join(staged, 'src/index.js'),
	bundle: true,
	format: 'cjs',
	platform: 'node',
	target: 'node20',
	minify: true,
	// The platform finds the piece by its class's name, which minifying alone would shorten.
	keepNames: true,
	logLevel: 'warning',
});

const { name, version, description, license } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const manifest = { name, version, description, license, main: './src/index.js', files: ['src'] };
writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, '\t')}\n`);

// npm's cache goes into dist, too, so that a build leaves nothing elsewhere.
const cache = join(dist, '.npm');
const pack = ['pack', '--json', '--offline', '--ignore-scripts', '--no-update-notifier'];
const answer = execFileSync('npm', [...pack, '--pack-destination', dist, '--cache', cache], {
	cwd: staged,
	encoding: 'utf8',
	shell: process.platform === 'win32',
});
rmSync(cache, { recursive: true, force: true });

const [{ filename }] = JSON.parse(answer);
const { size } = statSync(join(dist, filename));
if (size > MOST_BYTES) throw new Error(`${filename} has ${size} bytes; at most ${MOST_BYTES} are allowed.`);
console.log(`${filename}: ${size} bytes`);
