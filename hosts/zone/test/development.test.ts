import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openBrowser } from '../browser.ts';
import { mounted } from '../mounted.ts';

it.each([16, 15] as const)(
	'with Next %i in development, a change is seen without a reload',
	async next => {
		await using zone = await mounted({ app: 'example', next }, { command: 'dev' });
		const browser = await openBrowser();
		try {
			const page = await browser.newPage();
			const socket = page.waitForEvent('websocket');
			await page.goto(zone.platform.zoneUrl, { timeout: 120_000 });
			expect(new URL((await socket).url()).host).toBe(new URL(zone.platform.url).host);
			// What a reload would lose.
			await page.getByLabel('Topic').fill('bees');
			const file = join(zone.folder, 'src/app/report-form.tsx');
			const text = await readFile(file, 'utf8');
			await writeFile(file, text.replace('A new report', 'Another report'));
			await page.getByRole('heading', { name: 'Another report' }).waitFor();
			expect(await page.getByLabel('Topic').inputValue()).toBe('bees');
		} finally {
			await browser.close();
		}
	},
	300_000,
);
