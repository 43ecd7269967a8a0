import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pieceTranslation } from '@activepieces/pieces-framework';
import { build } from 'esbuild';
import { BUNDLE } from './bundle.mjs';

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
	...BUNDLE,
	absWorkingDir: here,
	entryPoints: ['src/index.ts'],
	outfile: join(staged, 'src/index.js'),
});

const { name, version, description, license } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const manifest = { name, version, description, license, main: './src/index.js', files: ['src'] };
writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, '\t')}\n`);

const { zihin } = createRequire(import.meta.url)(join(staged, 'src/index.js'));
const i18n = join(staged, 'src/i18n');
cpSync(join(here, 'src/i18n'), i18n, { recursive: true });
const texts = pieceTranslation.pathsToValuesToTranslate.flatMap(path =>
	textsAt(zihin.metadata(), path.split('.')),
);
// The platform looks a text up by as much of it as this.
const keys = [...new Set(texts)].map(text => [text.slice(0, 512), text]);
writeFileSync(join(i18n, 'translation.json'), `${JSON.stringify(Object.fromEntries(keys), null, '\t')}\n`);

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

/** The texts at a path, in which `*` is anything. */
function textsAt(value, [key, ...rest]) {
	if (value === undefined || value === null) return [];
	if (key === undefined) return typeof value === 'string' ? [value] : [];
	return (key === '*' ? Object.values(value) : [value[key]]).flatMap(inner => textsAt(inner, rest));
}
