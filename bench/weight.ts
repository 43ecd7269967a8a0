import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type BenchOptions, builds, readOptions } from './options.ts';
import { figure, median, printTable } from './tables.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const MODULES = join(FOLDER, 'node_modules');

interface Package {
	readonly name: string;
	/** What `import()` and the bundler are given. */
	readonly entries: readonly string[];
	/** Bytes on disk, with what it needs, and how many packages that is. */
	installed(): { readonly bytes: number; readonly dependencies: number };
}

/** Bundled and gzipped size, time to import, size installed. */
export async function weight(options: BenchOptions): Promise<void> {
	const all = [...builds().map(ownPackage), ...PEERS.map(peer)];
	const imports = new Map<string, number[]>(all.map(({ name }) => [name, []]));
	for (let round = 0; round < (options.quick ? 2 : 15); round++) {
		for (const { name, entries } of all) imports.get(name)?.push(importMs(entries));
	}
	const rows: string[][] = [];
	for (const { name, entries, installed } of all) {
		const code = await bundle(entries);
		const { bytes, dependencies } = installed();
		const times = imports.get(name) ?? [];
		rows.push([
			name,
			figure(code.byteLength / 1000),
			figure(gzipSync(code, { level: 9 }).byteLength / 1000),
			figure(median(times)),
			figure(Math.min(...times)),
			(bytes / 1000).toFixed(0),
			String(dependencies),
		]);
	}
	printTable(
		'Weight; kB = 1000 B. Targets: 6 kB gzipped without dependencies, 4 ms, 150 kB installed',
		['package', 'min kB', 'min + gzip kB', 'import ms, median', 'best', 'installed kB', 'dependencies'],
		rows,
	);
}

const PEERS = [
	['eventsource-parser'],
	['eventsource-client'],
	['ky', 'parse-sse'],
	['@ai-sdk/provider-utils'],
	['@anthropic-ai/sdk'],
	['openai'],
] as const;

function peer(names: readonly string[]): Package {
	return {
		name: names.join(' + '),
		entries: names,
		installed: () => {
			const folders = new Set<string>();
			for (const name of names) addWithDependencies(join(MODULES, name), folders);
			const bytes = [...folders].reduce((sum, folder) => sum + folderBytes(folder), 0);
			return { bytes, dependencies: folders.size - names.length };
		},
	};
}

function ownPackage({ label, folder }: ReturnType<typeof builds>[number]): Package {
	return {
		name: `${label}: agent-client`,
		entries: [new URL('index.js', folder).href],
		installed: () => ({ bytes: packedBytes(fileURLToPath(new URL('..', folder))), dependencies: 0 }),
	};
}

/** What npm would unpack. Nothing is written. */
function packedBytes(folder: string): number {
	const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
	const said: unknown = JSON.parse(
		execFileSync('npm', args, {
			cwd: folder,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
			shell: process.platform === 'win32',
		}),
	);
	// npm 11 lists the packages; npm 12 names them.
	const [packed]: unknown[] = typeof said === 'object' && said !== null ? Object.values(said) : [];
	if (typeof packed === 'object' && packed !== null && 'unpackedSize' in packed) {
		if (typeof packed.unpackedSize === 'number') return packed.unpackedSize;
	}
	throw new Error('npm pack did not say an unpackedSize.');
}

/** What a user would write, with everything that the package offers kept. */
async function bundle(entries: readonly string[]): Promise<Uint8Array> {
	const exports = entries.map(entry => {
		const from = JSON.stringify(entry.startsWith('file:') ? fileURLToPath(entry) : entry);
		// The only one that offers its main part as default and nowhere else.
		return `export * from ${from};${entry === 'ky' ? `export { default } from ${from};` : ''}`;
	});
	const { outputFiles } = await build({
		stdin: {
			contents: exports.join('\n'),
			resolveDir: FOLDER,
		},
		bundle: true,
		minify: true,
		format: 'esm',
		platform: 'node',
		external: ['zod', 'zod/*'],
		write: false,
		logLevel: 'error',
	});
	const [file] = outputFiles;
	if (file === undefined) throw new Error('esbuild wrote nothing.');
	return file.contents;
}

/** A fresh process, and no code that an earlier one compiled. */
function importMs(entries: readonly string[]): number {
	const script =
		'const start = performance.now();' +
		entries.map(entry => `await import(${JSON.stringify(entry)});`).join('') +
		'console.log(performance.now() - start);';
	return Number(
		execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
			cwd: FOLDER,
			encoding: 'utf8',
			env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
		}),
	);
}

/** Adds the folder of a package and those of its dependencies, peers aside. */
function addWithDependencies(folder: string, folders: Set<string>): void {
	if (folders.has(folder)) return;
	folders.add(folder);
	const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest)) return;
	for (const name of Object.keys(manifest.dependencies ?? {})) {
		const nested = join(folder, 'node_modules', name);
		addWithDependencies(existsSync(nested) ? nested : join(MODULES, name), folders);
	}
}

/** Its own files: nested packages are counted as dependencies. */
function folderBytes(folder: string): number {
	return readdirSync(folder, { withFileTypes: true })
		.filter(({ name }) => name !== 'node_modules')
		.map(entry => {
			const path = join(folder, entry.name);
			return entry.isDirectory() ? folderBytes(path) : statSync(path).size;
		})
		.reduce((sum, bytes) => sum + bytes, 0);
}

if (import.meta.main) await weight(readOptions());
