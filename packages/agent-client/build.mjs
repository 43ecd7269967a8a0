// One file for each entry and module format, with its declarations. The public surface is also written to api/,
// which is committed: a change of it shows in review, and fails a build where CI is set.
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { build } from 'esbuild';

const here = import.meta.dirname;

/** The other entries build on the core; they must share its code, not repeat it. */
const sharedCore = extension => ({
	name: 'shared-core',
	setup: ({ onResolve }) =>
		onResolve({ filter: /^\.{1,2}\/core\.ts$/ }, () => ({ path: `./core${extension}`, external: true })),
});

await rm(join(here, 'dist'), { recursive: true, force: true });
for (const [format, extension] of [
	['esm', '.js'],
	['cjs', '.cjs'],
]) {
	await build({
		absWorkingDir: here,
		entryPoints: ['core', 'index', 'callbacks', 'runs'].map(name => `src/${name}.ts`),
		outdir: 'dist',
		outExtension: { '.js': extension },
		bundle: true,
		format,
		platform: 'neutral',
		target: 'node18',
		sourcemap: true,
		sourcesContent: false,
		plugins: [sharedCore(extension)],
		logLevel: 'warning',
	});
}

const tsc = join(here, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: here, stdio: 'inherit' });
await mkdir(join(here, 'api'), { recursive: true });
for (const name of ['core', 'callbacks', 'runs']) {
	rollUp(name);
	const declarations = await readFile(join(here, `dist/${name}.d.ts`), 'utf8');
	if (name === 'core') await shareDeclarations(declarations);
	// One set of declarations for both formats: an ES module may take its types from a CommonJS one.
	await writeFile(join(here, `dist/${name}.d.cts`), declarations.replaceAll("'shared-core'", "'./core.cjs'"));
	await writeFile(join(here, `dist/${name}.d.ts`), `export * from './${name}.cjs';\n`);
}
// The root's declarations name nothing but the core's.
const root = await readFile(join(here, 'dist/types/index.d.ts'), 'utf8');
await writeFile(join(here, 'dist/index.d.ts'), root.replaceAll("'./core.ts'", "'./core.js'"));
await writeFile(join(here, 'dist/index.d.cts'), root.replaceAll("'./core.ts'", "'./core.cjs'"));
rollUp('index');
await rm(join(here, 'dist/types'), { recursive: true });

/** The other entries name the core's declarations instead of repeating them: as those of a package, they stay outside. */
async function shareDeclarations(core) {
	const types = join(here, 'dist/types');
	await mkdir(join(types, 'node_modules/shared-core'), { recursive: true });
	await writeFile(join(types, 'node_modules/shared-core/index.d.ts'), core);
	for (const file of await readdir(types, { recursive: true })) {
		if (!/^(?:callbacks|runs)\b.*\.d\.ts$/.test(file)) continue;
		const text = await readFile(join(types, file), 'utf8');
		await writeFile(join(types, file), text.replaceAll("'../core.ts'", "'shared-core'"));
	}
}

function rollUp(name) {
	const extractorConfig = ExtractorConfig.prepare({
		configObjectFullPath: join(here, 'api-extractor.json'),
		packageJsonFullPath: join(here, 'package.json'),
		configObject: {
			projectFolder: here,
			newlineKind: 'lf',
			mainEntryPointFilePath: join(here, name === 'index' ? 'dist/index.d.ts' : `dist/types/${name}.d.ts`),
			compiler: { overrideTsconfig: { compilerOptions: { lib: ['ES2022', 'ESNext.Disposable', 'DOM'] } } },
			dtsRollup: { enabled: name !== 'index', untrimmedFilePath: join(here, `dist/${name}.d.ts`) },
			apiReport: {
				enabled: name !== 'core',
				reportFolder: join(here, 'api'),
				reportTempFolder: join(here, 'dist/types'),
				reportFileName: name === 'index' ? 'agent-client' : `agent-client.${name}`,
			},
			docModel: { enabled: false },
			tsdocMetadata: { enabled: false },
			messages: {
				extractorMessageReporting: {
					'ae-missing-release-tag': { logLevel: 'none' },
					'ae-unresolved-link': { logLevel: 'none' },
				},
				tsdocMessageReporting: { default: { logLevel: 'none' } },
			},
		},
	});
	// On a build server a report that differs from the committed one fails; here it is written anew.
	const { succeeded } = Extractor.invoke(extractorConfig, { localBuild: !process.env.CI });
	if (!succeeded) throw new Error(`The API report of ${name} could not be made.`);
}
