import { expect, test } from 'vitest';
import { Background } from '../src/background.ts';

test('stopping waits for the jobs that end when they are told to', async () => {
	const background = new Background();
	let ended = false;
	background.run(async () => {
		await new Promise(resolve => background.stopping.addEventListener('abort', resolve));
		ended = true;
	});
	await background.stop(60_000);
	expect(ended).toBe(true);
});

test('stopping does not wait for ever for a job that does not end', async () => {
	const background = new Background();
	background.run(() => new Promise(() => {}));
	await background.stop(10);
	expect(background.stopping.aborted).toBe(true);
});
