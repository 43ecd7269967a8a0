import { type Browser, chromium } from 'playwright-core';
import { chromiumBinary } from '../../../../hosts/runtimes/binaries.ts';

/** A browser of this machine with a profile of its own. Where there is none, it is installed, or the test fails. */
export async function openBrowser(): Promise<Browser> {
	const executablePath = await chromiumBinary();
	if (executablePath === undefined) {
		throw new Error(
			'The console is tested in Chromium, and there is none here: install it (Debian: chromium).',
		);
	}
	return chromium.launch({
		executablePath,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--disable-dev-shm-usage',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}
