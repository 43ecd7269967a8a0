// Writes the pictures of docs/sandbox.md: `npm run screenshots`.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { DEFAULT_PORT } from '../../src/index.ts';
import { openBrowser } from './browser.ts';
import { playScene } from './scene.ts';

const FOLDER = resolve(import.meta.dirname, '../../../../docs/images');

const { sandbox, agents, close } = await playScene(DEFAULT_PORT);
const browser = await openBrowser();
await mkdir(FOLDER, { recursive: true });
const librarian = `/console/chat?agent=${sandbox.agentId}`;

const PAGES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
	requests: page => page.goto('/'),
	request: async page => {
		await page.goto('/');
		await page
			.getByRole('link', { name: /POST .*\/stream/ })
			.first()
			.click();
		await page.getByRole('heading', { name: 'The answer' }).waitFor();
	},
	runs: page => page.goto('/console/runs'),
	run: async page => {
		await page.goto('/console/runs');
		await page.getByRole('link', { name: /Plan my trip/ }).click();
		await page.getByRole('heading', { name: 'What happened' }).waitFor();
	},
	chat: async page => {
		await page.goto(librarian);
		await page.getByLabel('Message').fill('How does a connector wait?');
		await page.keyboard.press('Enter');
		await page.getByRole('list', { name: 'Sources' }).waitFor();
	},
	triggers: page => page.goto('/console/triggers'),
	callbacks: page => page.goto('/console/callbacks'),
	faults: async page => {
		await page.goto('/console/faults');
		await page.getByLabel('For', { exact: true }).selectOption(agents.get('Quick') ?? null);
		await page.getByLabel('Fault', { exact: true }).selectOption('429');
		await page.getByLabel('Value').fill('30');
		await page.getByLabel('Times').fill('2');
		await page.getByRole('button', { name: 'Switch on' }).click();
		await page.getByRole('button', { name: 'Switch off' }).waitFor();
	},
	connect: page => page.goto('/console/connect'),
	api: page => page.goto('/console/operations'),
};

for (const colorScheme of ['light', 'dark'] as const) {
	const context = await browser.newContext({
		baseURL: sandbox.url,
		colorScheme,
		viewport: { width: 1120, height: 720 },
		reducedMotion: 'reduce',
	});
	const page = await context.newPage();
	for (const [name, open] of Object.entries(PAGES)) {
		await open(page);
		await page
			.locator('#connection:not([hidden])')
			.or(page.locator('main:not(:has([data-live]))'))
			.first()
			.waitFor();
		await page.screenshot({ path: join(FOLDER, `sandbox-${name}-${colorScheme}.png`) });
	}
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto('/');
	await page.screenshot({ path: join(FOLDER, `sandbox-narrow-${colorScheme}.png`) });
	await context.close();
}
await browser.close();
await close();
