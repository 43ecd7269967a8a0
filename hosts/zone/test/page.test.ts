import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBrowser, recorded } from '../browser.ts';
import { type Mounted, mounted } from '../mounted.ts';
import { secretsIn } from '../secrets.ts';

/** For a test that builds an app. */
const BUILD_MS = 300_000;

let browser: Browser;
beforeAll(async () => {
	browser = await openBrowser();
});
afterAll(() => browser?.close());

describe.each([16, 15] as const)("the user's page, word for word, with Next %i", next => {
	let zone: Mounted;
	let page: Page;
	let record: ReturnType<typeof recorded>;

	beforeAll(async () => {
		// Shorter than the agent's long story, so that a wait of two minutes ends here in three seconds.
		zone = await mounted({ app: 'page', next }, { sandbox: { zoneLimits: { waitCeilingMs: 3_000 } } });
	});
	afterAll(() => zone?.[Symbol.asyncDispose]());
	beforeEach(async () => {
		page = await browser.newPage();
		record = recorded(page);
		return async () => {
			expect(secretsIn(await record.everything(), zone)).toEqual([]);
			await page.close();
			await zone.platform.visitor({});
		};
	});

	/** What an action returned to the page. */
	async function answerOf(action: string): Promise<Record<string, unknown> | string> {
		await page.getByRole('button', { name: action, exact: true }).click();
		const output = page.locator('output').filter({ hasText: /./ });
		await output.waitFor();
		return JSON.parse((await output.textContent()) ?? '');
	}

	it('a run is triggered by one action and polled by another', async () => {
		await page.goto(zone.platform.zoneUrl);
		expect(await answerOf('triggerRun')).toEqual({ runId: expect.any(Number) });
		await vi.waitFor(async () => {
			expect(await answerOf('pollRun')).toMatchObject({
				run: { status: 'completed', input_data: { url: 'https://example.com' } },
			});
		}, 20_000);
	});

	it('a report is waited for, is pending when it takes too long, and says why it failed', async () => {
		await page.goto(zone.platform.zoneUrl);
		expect(await answerOf('generateReport')).toEqual({ pdfUrl: 'https://files.example.com/report.pdf' });
		expect(await answerOf('generateLongReport')).toEqual({ pending: true, runId: expect.any(Number) });
		expect(await answerOf('generateFailingReport')).toEqual({ error: 'The model is away.' });
	});

	it("a credential opens the provider's own API", async () => {
		await page.goto(zone.platform.zoneUrl);
		expect(await answerOf('callProvider')).toBe('The provider was called.');
		expect(zone.hubspot.authorizations.at(-1)).toBe('Bearer sandbox_hubspot_token');
	});

	it('what the platform refuses is an ApiError, on the server alone', async () => {
		await page.goto(zone.platform.zoneUrl);
		await zone.platform.refuseNext();
		expect(await answerOf('failing')).toBe('ApiError');
		expect(zone.output()).toMatch(/^409 /m);
		expect(zone.tokens.some(token => zone.output().includes(token))).toBe(false);
	});

	it('nothing but the platform gets in, whatever claims it brings', async () => {
		expect((await page.goto(zone.platform.zoneUrl))?.status()).toBe(200);
		const forged = JSON.stringify({ role: 'owner', orgSlug: 'acme' });
		for (const headers of [{}, { 'x-zone-claims': forged }, { 'x-zone-token': 'e30.e30.e30' }]) {
			// Also what Next would answer with beside pages.
			for (const path of ['', '/leaking', '/leaking.rsc', '/leaking?_rsc=1', '/nowhere']) {
				const answer = await fetch(zone.direct + path, { headers, redirect: 'manual' });
				expect([path, answer.status, await answer.text()]).toEqual([path, 401, 'invalid zone token']);
			}
		}
	});

	it('also outside the matcher a claim that no token makes counts for nothing', async () => {
		await page.goto(`${zone.platform.zoneUrl}/outside`);
		await page.getByText('ZoneSessionError').waitFor();
		const claims = JSON.stringify({ role: 'owner', orgSlug: 'acme' });
		const genuine = zone.tokens.at(-1) ?? '';
		for (const token of [undefined, 'e30.e30.e30', genuine]) {
			const headers = { 'x-zone-claims': claims, ...(token !== undefined && { 'x-zone-token': token }) };
			const answer = await fetch(`${zone.direct}/outside`, { headers });
			expect(await answer.text()).toContain('ZoneSessionError');
		}
	});
});

it(
	'the proof that no token leaks notices one that does',
	async () => {
		await using zone = await mounted({ app: 'page', next: 16 });
		const page = await browser.newPage();
		const record = recorded(page);
		await page.goto(`${zone.platform.zoneUrl}/leaking`);
		expect(secretsIn(await record.everything(), zone)).toContain('a token');
		await page.close();
	},
	BUILD_MS,
);
