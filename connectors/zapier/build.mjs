// One readable file; zapier-platform-core stays outside, because Zapier's wrapper loads its own copy beside it.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
	entryPoints: ['src/index.ts'],
	outfile: 'dist/index.js',
	bundle: true,
	platform: 'node',
	format: 'esm',
	// Zapier runs apps on Node 22.
	target: 'node22',
	external: ['zapier-platform-core'],
	logLevel: 'warning',
});
