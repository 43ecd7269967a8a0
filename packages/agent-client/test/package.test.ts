import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** What each entry may weigh: the whole client, and what the others add to it. */
const MOST_GZIPPED_BYTES = { index: 16_300, callbacks: 3_200, runs: 2_800 };

describe('the package as it is published', () => {
	let folder = '';
	let tarball: Uint8Array<ArrayBuffer>;
	let manifest: Record<string, unknown>;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'agent-client-pack-'));
		await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder, '--cache', folder], {
			cwd: PACKAGE,
			shell: process.platform === 'win32',
		});
		const name = (await readdir(folder)).find(file => file.endsWith('.tgz')) ?? '';
		tarball = new Uint8Array(await readFile(join(folder, name)));
		manifest = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	it('passes publint without a word', async () => {
		const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
		expect(messages.map(message => formatMessage(message, manifest))).toEqual([]);
	});

	it('gives every kind of importer the types of the file that it gets', async () => {
		const analysis = await checkPackage(createPackageFromTarballData(tarball));
		expect(analysis.types && 'problems' in analysis ? analysis.problems : analysis).toEqual(
			// Resolution by folders alone, as TypeScript did for Node 10, knows no `exports`.
			['./core', './callbacks', './runs'].map(entrypoint =>
				expect.objectContaining({ kind: 'NoResolution', entrypoint, resolutionKind: 'node10' }),
			),
		);
	});

	it.each(Object.entries(MOST_GZIPPED_BYTES))(
		'keeps %s within %i bytes, minified and gzipped',
		async (entry, most) => {
			const { outputFiles } = await build({
				entryPoints: [join(PACKAGE, `dist/${entry}.js`)],
				bundle: true,
				minify: true,
				format: 'esm',
				target: 'es2022',
				write: false,
				external: entry === 'index' ? [] : ['./core.js'],
			});
			const code = outputFiles[0]?.contents ?? new Uint8Array();
			expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(most);
		},
	);

	it('depends on nothing and runs nothing', () => {
		const { dependencies, peerDependencies, scripts } = manifest;
		expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
		const lifecycle = /^(?:pre|post)?(?:install|prepare|pack|publish)/;
		expect(Object.keys(Object(scripts)).filter(name => lifecycle.test(name))).toEqual([]);
	});
});
