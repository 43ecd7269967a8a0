// Writes the pictures of docs/n8n.md: `npm run screenshots -- n8n`.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DEFAULT_PORT } from '../../packages/sandbox/dist/index.js';
import { playScene } from './scene.ts';

const FOLDER = resolve(import.meta.dirname, '../../docs/images');

await mkdir(FOLDER, { recursive: true });
await playScene(DEFAULT_PORT, async (name, page) => {
	const path = join(FOLDER, `n8n-${name}.png`);
	// Not the messages that come and go: they cover what is to be seen.
	await page.screenshot({ path, animations: 'disabled', style: '.el-notification { display: none }' });
	console.log(`» ${path}`);
});
process.exit();
