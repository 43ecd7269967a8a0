import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser, picture, recorded } from '../browser.ts';
import { type Mounted, mounted } from '../mounted.ts';
import { secretsIn } from '../secrets.ts';

let browser: Browser;
beforeAll(async () => {
	browser = await openBrowser();
});
afterAll(() => browser?.close());

describe.each([16, 15] as const)('the example with Next %i', next => {
	let zone: Mounted;
	let page: Page;
	let record: ReturnType<typeof recorded>;

	beforeAll(async () => {
		zone = await mounted({ app: 'example', next });
	});
	afterAll(() => zone?.[Symbol.asyncDispose]());
	beforeEach(async () => {
		page = await browser.newPage({ reducedMotion: 'reduce' });
		record = recorded(page);
	});
	/** Whatever a test has done with it: nothing secret has reached the browser. */
	afterEach(async () => {
		expect(secretsIn(await record.everything(), zone)).toEqual([]);
		await page.close();
		await zone.platform.visitor({});
	});

	const ask = async (topic: string, button: 'Start and follow' | 'Generate and wait') => {
		await page.getByLabel('Topic').fill(topic);
		await page.getByRole('button', { name: button }).click();
	};
	const status = () => page.getByRole('status');
	const alert = () => page.locator('main [role="alert"]');
	const report = () => page.getByRole('heading', { name: 'What the agent found' });

	it('greets whoever the platform says it is', async () => {
		await page.goto(zone.platform.zoneUrl);
		await page.getByText('Max Member, member of acme').waitFor();
		await zone.platform.visitor({ role: 'owner', userName: 'Zoë Ωmega' });
		await page.reload();
		await page.getByText('Zoë Ωmega, owner of acme').waitFor();
		await zone.platform.visitor({ role: 'admin' });
		await page.reload();
		await page.getByText('ada@platform.example, admin of acme').waitFor();
	});

	it('shows where a run is until its report is there', async () => {
		await page.goto(zone.platform.zoneUrl);
		await ask('bees', 'Start and follow');
		await status()
			.getByText(/Run \d+ is running/)
			.waitFor();
		await report().waitFor();
		const link = page.getByRole('link', { name: 'Read it as a PDF' });
		expect(await link.getAttribute('href')).toBe('https://files.example.com/report.pdf');
	});

	it('waits for a report', async () => {
		await page.goto(zone.platform.zoneUrl);
		await ask('bees', 'Generate and wait');
		await status().getByText('Asking the agent').waitFor();
		await report().waitFor();
	});

	it('goes on by looking after a run that takes longer than the wait', async () => {
		await page.goto(zone.platform.zoneUrl);
		await ask('a long story', 'Generate and wait');
		await status()
			.getByText(/Run \d+ is (?:queued|running)/)
			.waitFor();
		await report().waitFor();
	});

	it.each(['Start and follow', 'Generate and wait'] as const)(
		'%s: a run that fails says why, in its place',
		async button => {
			await page.goto(zone.platform.zoneUrl);
			await ask('fail', button);
			await alert().getByText('The model is away.').waitFor();
			expect(await page.getByRole('heading', { name: 'Reports' }).isVisible()).toBe(true);
		},
	);

	it('calls a provider with the credential of the agent', async () => {
		await page.goto(zone.platform.zoneUrl);
		await ask('bees', 'Generate and wait');
		await report().waitFor();
		await page.getByRole('button', { name: 'Load from HubSpot' }).click();
		await page.getByText('berta@customer.example').waitFor();
		expect(zone.hubspot.authorizations.at(-1)).toBe('Bearer sandbox_hubspot_token');
		if (next === 16) await picture(page, 'zone-report');
	});

	it('a session that has expired is said in its place, and a reload is refused', async () => {
		await page.goto(zone.platform.zoneUrl);
		await zone.platform.visitor({ expiresInSeconds: -60 });
		await ask('bees', 'Start and follow');
		await alert()
			.getByText(/Your session may have expired/)
			.waitFor();
		const reloaded = await page.reload();
		expect([reloaded?.status(), await page.textContent('body')]).toEqual([401, 'invalid zone token']);
	});

	it('a session that expires while a run is followed is said too', async () => {
		await page.goto(zone.platform.zoneUrl);
		await ask('a long story', 'Start and follow');
		await status()
			.getByText(/Run \d+ is running/)
			.waitFor();
		await zone.platform.visitor({ expiresInSeconds: -60 });
		await alert()
			.getByText(/Your session may have expired/)
			.waitFor();
	});
});
