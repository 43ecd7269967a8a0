import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { folder, garden } from './harness.ts';
import { readStream } from './stream-client.ts';

async function library(files: Record<string, string>) {
	const root = folder(files);
	const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
	onTestFinished(() => warn.mockRestore());
	return { root, sandbox: await garden({ library: [root] }), warnings: () => warn.mock.calls.map(String) };
}

async function answers(sandbox: Sandbox, message: string): Promise<string> {
	return (await readStream(sandbox, { body: { message } })).data('response').text('content');
}

/** Asks until the answer is that; a test that waits in vain runs into its time limit. */
async function becomes(sandbox: Sandbox, message: string, answer: RegExp): Promise<void> {
	while (!answer.test(await answers(sandbox, message))) await new Promise(resolve => setTimeout(resolve, 20));
}

const BASIL = '# Basil\n\nBasil needs sun.\n';

test('a file that is changed, made or removed is so in the next answers', async () => {
	const { root, sandbox } = await library({ 'basil.md': BASIL });
	writeFileSync(join(root, 'basil.md'), '# Basil\n\nBasil needs water.\n');
	await becomes(sandbox, 'basil', /^Basil needs water/);
	writeFileSync(join(root, 'mint.md'), '# Mint\n\nMint needs a pot.\n');
	await becomes(sandbox, 'mint', /^Mint needs a pot/);
	rmSync(join(root, 'mint.md'));
	await becomes(sandbox, 'mint', /^I found nothing/);
});

test('a folder that is made later is followed too, and one that is made anew', async () => {
	const { root, sandbox } = await library({ 'basil.md': BASIL });
	mkdirSync(join(root, 'herbs/wild'), { recursive: true });
	writeFileSync(join(root, 'herbs/wild/mint.md'), '# Mint\n\nMint needs a pot.\n');
	await becomes(sandbox, 'mint', /^Mint needs a pot/);
	appendFileSync(join(root, 'herbs/wild/mint.md'), '\n# Sage\n\nSage needs sand.\n');
	await becomes(sandbox, 'sage', /^Sage needs sand/);
	rmSync(join(root, 'herbs'), { recursive: true });
	await becomes(sandbox, 'sage', /^I found nothing/);
	mkdirSync(join(root, 'herbs'));
	await becomes(sandbox, 'basil', /^Basil needs sun/);
	writeFileSync(join(root, 'herbs/sage.md'), '# Sage\n\nSage needs lime.\n');
	await becomes(sandbox, 'sage', /^Sage needs lime/);
});

test('a file that an editor replaces is followed', async () => {
	const root = folder({ 'basil.md': BASIL, 'other.txt': 'x' });
	const sandbox = await garden({ library: [join(root, 'basil.md')] });
	for (const need of ['water', 'shade']) {
		writeFileSync(join(root, 'basil.md~'), `# Basil\n\nBasil needs ${need}.\n`);
		renameSync(join(root, 'basil.md~'), join(root, 'basil.md'));
		await becomes(sandbox, 'basil', new RegExp(`^Basil needs ${need}`));
	}
});

test('a library that can no longer be read answers as before, says so once, and comes back', async () => {
	const { root, sandbox, warnings } = await library({ 'basil.md': BASIL });
	rmSync(root, { recursive: true });
	while (warnings().length === 0) await new Promise(resolve => setTimeout(resolve, 20));
	expect(warnings()).toEqual([
		`The library path ${root} does not exist. Until it is put right, the library answers as before.`,
	]);
	expect(await answers(sandbox, 'basil')).toMatch(/^Basil needs sun/);
	mkdirSync(root);
	writeFileSync(join(root, 'basil.md'), '# Basil\n\nBasil is back.\n');
	await becomes(sandbox, 'basil', /^Basil is back/);
	writeFileSync(join(root, 'basil.md'), '# Basil\n\nBasil stays.\n');
	await becomes(sandbox, 'basil', /^Basil stays/);
});

test('a closed sandbox watches nothing any more', async () => {
	const { root, sandbox, warnings } = await library({ 'basil.md': BASIL });
	writeFileSync(join(root, 'basil.md'), BASIL);
	await sandbox.close();
	rmSync(root, { recursive: true });
	await new Promise(resolve => setTimeout(resolve, 200));
	expect(warnings()).toEqual([]);
});
