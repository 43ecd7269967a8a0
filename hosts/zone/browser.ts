import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumBinary } from '../runtimes/binaries.ts';
import { ROOT } from './places.ts';

/** A Chromium of this machine with a profile of its own. */
export async function openBrowser(): Promise<Browser> {
	const executablePath = await chromiumBinary();
	if (executablePath === undefined)
		throw new Error('There is no Chromium here: install it (Debian: chromium).');
	const quiet = ['no-first-run', 'disable-background-networking', 'disable-component-update', 'disable-sync'];
	const alone = ['no-sandbox', 'disable-gpu', 'disable-quic', 'disable-dev-shm-usage'];
	return chromium.launch({ executablePath, args: [...alone, ...quiet].map(name => `--${name}`) });
}

/** Takes a picture for docs/, where `npm run screenshots` asks for it; there is only one of each. */
export async function picture(page: Page, name: string): Promise<void> {
	if (process.env.ZIHIN_PICTURES === undefined) return;
	await page.setViewportSize({ width: 860, height: 620 });
	await page.screenshot({ path: join(ROOT, 'docs', 'images', `${name}.png`) });
}

/** Keeps everything that a page gets from its server, says to it, and has in the end. */
export function recorded(page: Page): { everything(): Promise<string> } {
	const pieces: Promise<string>[] = [];
	page.on('request', request => {
		pieces.push(
			request
				.allHeaders()
				.then(headers => [request.url(), JSON.stringify(headers), request.postData() ?? ''].join('\n'))
				.catch(() => request.url()),
		);
	});
	page.on('response', response => {
		pieces.push(
			response
				.allHeaders()
				.then(headers => `${response.url()}\n${JSON.stringify(headers)}`)
				.catch(() => response.url()),
		);
	});
	// Not before its end: a body that the page does not read to the end has none, and would be waited for for ever.
	page.on('requestfinished', request => {
		pieces.push(
			request
				.response()
				.then(response => response?.text() ?? '')
				// A redirect has no body, and one that the page has left behind is gone.
				.catch(() => ''),
		);
	});
	page.on('websocket', socket => {
		socket.on('framereceived', ({ payload }) => pieces.push(Promise.resolve(String(payload))));
	});
	page.on('console', message => pieces.push(Promise.resolve(message.text())));
	page.on('pageerror', error => pieces.push(Promise.resolve(String(error.stack))));
	return {
		async everything() {
			const stored = page.evaluate(() =>
				JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
			);
			return [...(await Promise.all(pieces)), await page.content(), await stored].join('\n');
		},
	};
}
