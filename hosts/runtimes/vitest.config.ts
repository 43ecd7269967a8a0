import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PACKAGE = pathOf('../../packages/agent-client/');

/** What the tests import as the package: they get what a user gets, as it was built. */
const builtPackage: Plugin = {
	name: 'built-package',
	enforce: 'pre',
	resolveId(id, importer = '') {
		const entry = /^\.\.\/src\/(index|core|callbacks|runs)\.ts$/.exec(id)?.[1];
		if (entry === undefined || !importer.startsWith(`${PACKAGE}test/`)) return null;
		return `${PACKAGE}dist/${entry}.js`;
	},
};

/** The client's own suite under a runner that still knows Node 18; vitest 5 needs Node 22.12. */
export default defineConfig({
	root: PACKAGE,
	cacheDir: pathOf('node_modules/.vite'),
	server: { fs: { allow: [pathOf('../../')] } },
	plugins: [builtPackage],
	resolve: { alias: [{ find: /^vitest$/, replacement: pathOf('node_modules/vitest/dist/index.js') }] },
	test: {
		include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
		// Judges the packed files by tools of their own: nothing in it depends on what runs it.
		exclude: ['test/package.test.ts'],
		testTimeout: 30_000,
		hookTimeout: 60_000,
		pool: 'forks',
	},
});
