import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openBrowser } from '../browser.ts';
import { mounted } from '../mounted.ts';

it.each([16, 15] as const)(
	'with Next %i in development, a change is seen without a reload',
	async next => {
		await using zone = await mounted({ app: 'example', next }, { command: 'dev' });
		const browser = await openBrowser();
		try {
			const page = await browser.newPage();
			const socket = page.waitForEvent('websocket', { timeout: 120_000 });
			await page.goto(zone.platform.zoneUrl, { timeout: 120_000 });
			expect(new URL((await socket).url()).host).toBe(new URL(zone.platform.url).host);
			// What a reload would lose.
			await page.getByLabel('Topic').fill('bees');
			const file = join(zone.folder, 'src/app/report-form.tsx');
			const text = await readFile(file, 'utf8');
			let edits = 0;
			// Next does not look at what changes while it still builds for the first time.
			await vi.waitFor(async () => {
				await writeFile(file, text.replace('A new report', `Another report, ${++edits}`));
				await page.getByRole('heading', { name: 'Another report' }).waitFor({ timeout: 5_000 });
			}, 120_000);
			expect(await page.getByLabel('Topic').inputValue()).toBe('bees');
		} finally {
			await browser.close();
		}
	},
	300_000,
);
