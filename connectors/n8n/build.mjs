// One readable CommonJS file for the node and one for the credential; n8n-workflow comes from the host.
import { cp, rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
	entryPoints: ['nodes/Zihin/Zihin.node.ts', 'credentials/ZihinApi.credentials.ts'],
	outdir: 'dist',
	outbase: '.',
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node20',
	external: ['n8n-workflow'],
});
for (const file of ['nodes/Zihin/Zihin.node.json', 'nodes/Zihin/zihin.svg', 'nodes/Zihin/zihin.dark.svg']) {
	await cp(file, `dist/${file}`);
}
