// One readable CommonJS file for each node and the credential; n8n-workflow comes from the host.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runFinished } from '@zihin/connector-kit';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
	entryPoints: [
		'nodes/Zihin/Zihin.node.ts',
		'nodes/ZihinTrigger/ZihinTrigger.node.ts',
		'credentials/ZihinApi.credentials.ts',
	],
	outdir: 'dist',
	outbase: '.',
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node20',
	external: ['n8n-workflow'],
});
for (const file of [
	'nodes/Zihin/Zihin.node.json',
	'nodes/Zihin/zihin.svg',
	'nodes/Zihin/zihin.dark.svg',
	'nodes/ZihinTrigger/ZihinTrigger.node.json',
]) {
	await cp(file, `dist/${file}`);
}

// What n8n shows of an output before the first run.
for (const { resource, operation, form } of await menu()) {
	await writeSchema(`dist/nodes/Zihin/__schema__/v1.0.0/${resource}/${operation}.json`, form);
}
await writeSchema('dist/nodes/ZihinTrigger/__schema__/v1.0.0/output.json', runFinished);

async function menu() {
	const { outputFiles } = await build({
		entryPoints: ['nodes/Zihin/menu.ts'],
		bundle: true,
		format: 'esm',
		write: false,
	});
	const { MENU } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
	return MENU;
}

async function writeSchema(file, { outputSchema }) {
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, `${JSON.stringify(outputSchema, null, '\t')}\n`);
}
