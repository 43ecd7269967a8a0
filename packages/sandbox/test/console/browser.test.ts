import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { call, createTrigger, garden, receiver, until } from '../harness.ts';
import { openBrowser } from './browser.ts';
import { playScene } from './scene.ts';

let browser: Browser;

beforeAll(async () => {
	browser = await openBrowser();
}, 240_000);
afterAll(() => browser?.close());

const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };
const LOOKS = (['light', 'dark'] as const).flatMap(colorScheme =>
	Object.entries(SIZES).map(([size, viewport]) => ({ colorScheme, size, viewport })),
);

/** A page of its own; whatever it complains about makes the test fail. */
async function open(baseURL: string, options: BrowserContextOptions = {}): Promise<Page> {
	const context = await browser.newContext({ baseURL, ...options });
	onTestFinished(() => context.close());
	const page = await context.newPage();
	const complaints: string[] = [];
	page.on('pageerror', error => complaints.push(error.message));
	page.on('console', message => {
		// What the network answered is shown on the page, and is what some tests are about.
		if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
			complaints.push(message.text());
		}
	});
	onTestFinished(() => expect(complaints).toEqual([]));
	return page;
}

test.each(LOOKS)(
	'in $colorScheme and $size every page fits, and can be read',
	async ({ colorScheme, viewport }) => {
		const { sandbox, close } = await playScene(0);
		onTestFinished(close);
		const page = await open(sandbox.url, { colorScheme, viewport });
		await page.goto('/');
		const links = await page.getByRole('navigation').getByRole('link').all();
		const paths = await Promise.all(links.map(link => link.getAttribute('href')));
		const details = ['/console/requests/1', `/console/runs/${sandbox.executions().at(-1)?.id}`];
		for (const path of [...paths, ...details]) {
			await page.goto(path ?? '');
			await page.getByRole('heading', { level: 1 }).waitFor();
			expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
			expect(await unreadable(page), `contrast on ${path}`).toEqual([]);
		}
	},
);

/** Resolves when the page is connected to the feed. */
function isLive(page: Page): Promise<void> {
	return page.locator('#connection').getByText('live').waitFor();
}

/** Texts whose colour is nearer to their ground than WCAG's AA allows: 4.5 to 1. */
function unreadable(page: Page): Promise<string[]> {
	return page.evaluate(`(() => {
		const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
		const rgb = color => {
			canvas.clearRect(0, 0, 1, 1);
			canvas.fillStyle = color;
			canvas.fillRect(0, 0, 1, 1);
			return [...canvas.getImageData(0, 0, 1, 1).data];
		};
		const luminance = ([...parts]) => {
			const [r, g, b] = parts.slice(0, 3).map(part => part / 255).map(x => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
			return 0.2126 * r + 0.7152 * g + 0.0722 * b;
		};
		const ground = element => {
			for (let at = element; at; at = at.parentElement) {
				const color = rgb(getComputedStyle(at).backgroundColor);
				if (color[3] === 255) return color;
			}
			return [255, 255, 255];
		};
		const texts = [...document.querySelectorAll('body *')].filter(
			element => element.checkVisibility() && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== ''),
		);
		return texts.flatMap(element => {
			const [a, b] = [luminance(rgb(getComputedStyle(element).color)), luminance(ground(element))];
			const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
			return ratio >= 4.5 ? [] : [element.className + ': ' + element.textContent.slice(0, 40) + ' ' + ratio.toFixed(2)];
		});
	})()`);
}

test('a conversation goes on, shows its sources, and is there when the page is loaded again', async () => {
	const sandbox = await garden();
	const page = await open(sandbox.url);
	await page.goto('/console/chat');
	await page.getByLabel('Message').fill('What does a cactus like?');
	await page.keyboard.press('Enter');
	const turns = page.getByRole('list', { name: 'Turns' });
	await turns.getByText('Tool: library_search.').waitFor();
	await turns.getByRole('list', { name: 'Sources' }).waitFor();
	await page.getByLabel('Message').fill('Tell me more');
	await page.getByRole('button', { name: 'Send' }).click();
	await turns.getByRole('list', { name: 'Sources' }).nth(1).waitFor();
	expect(new Set(sandbox.executions().map(({ sessionId }) => sessionId)).size).toBe(1);
	await page.reload();
	await turns.getByText('Tell me more').waitFor();
	expect(await turns.getByRole('list', { name: 'Sources' }).count()).toBe(2);
});

test('a turn that is stopped is cancelled', async () => {
	const sandbox = await garden({ tokenDelayMs: 200 });
	const page = await open(sandbox.url);
	await page.goto('/console/chat');
	await page.getByLabel('Message').fill('cactus');
	await page.getByRole('button', { name: 'Send' }).click();
	await page.getByRole('button', { name: 'Stop' }).click();
	await page.locator('main').getByText('Stopped.').waitFor();
	await until(() => (sandbox.executions()[0]?.status === 'cancelled' ? true : undefined));
});

test('requests, runs and callbacks appear by themselves, and a callback is sent again', async () => {
	const sandbox = await garden({ tokenDelayMs: 5 });
	const { url, deliveries } = await receiver();
	const { id } = await createTrigger(sandbox, { execution: { mode: 'async', callback: { url } } }, 'Live');
	const requests = await open(sandbox.url);
	const runs = await open(sandbox.url);
	const callbacks = await open(sandbox.url);
	await requests.goto('/');
	await runs.goto('/console/runs');
	await callbacks.goto('/console/callbacks');
	for (const page of [requests, runs, callbacks]) await isLive(page);

	await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: { message: 'tomatoes' } });

	await requests.getByRole('row', { name: /webhook.*202/ }).waitFor();
	await requests.locator('#news', { hasText: '/api/triggers/webhook' }).waitFor({ state: 'attached' });
	await runs.getByRole('row', { name: /tomatoes.*completed/ }).waitFor();
	await runs.getByRole('link', { name: 'tomatoes' }).click();
	await runs.getByRole('row', { name: /metrics/ }).waitFor();
	await callbacks.locator('main').getByText('delivered').waitFor();
	await callbacks.getByRole('button', { name: 'Send again' }).click();
	await callbacks.locator('main').getByText(/^2\. /).waitFor();
	expect(deliveries).toHaveLength(2);
	expect(deliveries[1]?.headers['webhook-id']).toBe(deliveries[0]?.headers['webhook-id']);
});

test('a page that was hidden takes nothing meanwhile, and catches up', async () => {
	const sandbox = await garden();
	const page = await open(sandbox.url);
	await page.goto('/');
	await isLive(page);
	const turnTo = (hidden: boolean) =>
		page.evaluate(`
			Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} });
			document.dispatchEvent(new Event('visibilitychange'));
		`);
	await turnTo(true);
	for (let count = 0; count < 3; count++) await call(sandbox, `GET /health?${count}`);
	expect(await page.getByRole('row', { name: /health/ }).count()).toBe(0);
	await turnTo(false);
	await page.getByRole('row', { name: /health\?2.*200/ }).waitFor();
	expect(await page.getByRole('row', { name: /health/ }).count()).toBe(3);
});

test('a fault that is switched on bites as often as it was told to', async () => {
	const sandbox = await garden();
	const page = await open(sandbox.url);
	await page.goto('/console/faults');
	await page.getByLabel('Fault', { exact: true }).selectOption('429');
	await page.getByLabel('Value').fill('soonish');
	await page.getByRole('button', { name: 'Switch on' }).click();
	await page.getByRole('alert').getByText('The fault 429').waitFor();
	await page.getByLabel('Value').fill('30');
	await page.getByLabel('Times').fill('1');
	await page.getByRole('button', { name: 'Switch on' }).click();
	await page.locator('main').getByText('429 = 30').waitFor();
	const answer = await call(sandbox, 'GET /api/v2/agents');
	expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '30']);
	await page.locator('main').getByText('Nothing is switched on.').waitFor();
	await page.getByLabel('Value').clear();
	await page.getByLabel('Times').clear();
	await page.getByLabel('Fault', { exact: true }).selectOption('503');
	await page.getByRole('button', { name: 'Switch on' }).click();
	await page.locator('main').getByText('until switched off').waitFor();
	await page.goto('/console/chat');
	await page.getByLabel('Message').fill('Hello?');
	await page.keyboard.press('Enter');
	await page.locator('main').getByText('PROVIDER_UNAVAILABLE').waitFor();
});

test('everything can be done with the keyboard alone', async () => {
	const sandbox = await garden();
	await createTrigger(sandbox, {}, 'By hand');
	const page = await open(sandbox.url);
	const press = async (...keys: string[]) => {
		for (const key of keys) await page.keyboard.press(key);
	};
	const focused = () => page.evaluate('document.activeElement.textContent');
	const outlined = () => page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'");
	const tabTo = async (name: string) => {
		for (let count = 0; count < 40; count++) {
			await press('Tab');
			expect(await outlined()).toBe(true);
			if ((await focused()) === name) return;
		}
		throw new Error(`No way leads to ${name}.`);
	};
	await page.goto('/');
	await press('Tab');
	expect(await focused()).toBe('Skip to the content');
	await press('Enter');
	expect(await page.evaluate('document.activeElement.id')).toBe('main');
	await page.goto('/');
	await tabTo('Triggers');
	await press('Enter');
	await page.getByRole('heading', { name: 'By hand' }).waitFor();
	await isLive(page);
	await tabTo('A call with curl');
	await press('Enter');
	await tabTo('Disable');
	await press('Enter');
	await page.locator('main').getByText('disabled', { exact: true }).waitFor();
	// The list was drawn anew under the hands of who uses it.
	expect(await focused()).toBe('Enable');
	expect(await page.locator('details[open]').count()).toBe(1);
	page.on('dialog', dialog => dialog.accept());
	await tabTo('Delete');
	await press('Space');
	await page.locator('main').getByText('There is no trigger yet.').waitFor();
	expect(await page.evaluate('document.activeElement.id')).toBe('main');
});

test('a key is copied with a button', async () => {
	const sandbox = await garden();
	const page = await open(sandbox.url, { permissions: ['clipboard-read', 'clipboard-write'] });
	await page.goto('/console/connect');
	await page.getByRole('button', { name: 'Copy the member key' }).click();
	await page.locator('main').getByText('Copied').waitFor();
	expect(await page.evaluate('navigator.clipboard.readText()')).toBe(sandbox.keys.member);
});

test('without scripts the pages can be read, and offer nothing that would not work', async () => {
	const { sandbox, close } = await playScene(0);
	onTestFinished(close);
	const page = await open(sandbox.url, { javaScriptEnabled: false });
	await page.goto('/');
	await page
		.getByRole('link', { name: /webhook/ })
		.first()
		.click();
	expect(await page.locator('main').getByText('zhn_test_…').count()).toBe(1);
	await page.goto('/console/callbacks');
	expect(await page.locator('main').getByText('delivered').count()).toBe(1);
	for (const path of ['/console/callbacks', '/console/triggers', '/console/faults', '/console/connect']) {
		await page.goto(path);
		expect(await page.getByRole('button').count()).toBe(0);
	}
	await page.goto('/console/chat');
	await page.getByLabel('Conversation').selectOption({ index: 1 });
	await page.getByRole('button', { name: 'Open' }).click();
	expect(await page.locator('.you').count()).toBe(1);
});
