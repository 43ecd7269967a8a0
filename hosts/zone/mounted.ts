import type { SandboxOptions } from '../../packages/sandbox/dist/index.js';
import { type HubspotStandIn, startHubspot } from './hubspot.ts';
import { startNext } from './next-server.ts';
import { HERE } from './places.ts';
import { type Platform, startPlatform } from './platform.ts';
import { freePort } from './ports.ts';
import { type Tap, tapOf } from './tap.ts';
import { assembled, built, type Target } from './zone-app.ts';

/** An app, built and started, behind the sandbox; HubSpot is a stand-in. */
export interface Mounted extends AsyncDisposable {
	readonly folder: string;
	readonly platform: Platform;
	readonly hubspot: HubspotStandIn;
	/** The app itself, without the platform before it. */
	readonly direct: string;
	readonly tokens: readonly string[];
	/** Everything that the app has answered to the platform. */
	said(): string;
	readonly environment: Readonly<Record<string, string>>;
	/** What the app printed. */
	output(): string;
}

export interface MountOptions {
	readonly command?: 'start' | 'dev';
	readonly sandbox?: SandboxOptions;
	/** A folder that is built already, and the Node that it is started with. */
	readonly folder?: string;
	readonly node?: string;
}

export async function mounted(target: Target, options: MountOptions = {}): Promise<Mounted> {
	const { command = 'start', node } = options;
	await using stack = new AsyncDisposableStack();
	const port = await freePort();
	const tap: Tap = stack.use(await tapOf(port));
	const hubspot = stack.use(await startHubspot());
	const platform = stack.use(await startPlatform(tap.url, options.sandbox));
	const environment = {
		...platform.environment,
		HUBSPOT_API_URL: hubspot.url,
		...(target.app === 'page' && { NODE_OPTIONS: `--import=${HERE}/hubspot-here.mjs` }),
	};
	const folder = options.folder ?? (await assembled(target));
	if (command === 'start' && options.folder === undefined) await built(folder, environment);
	const next = stack.use(
		await startNext(folder, command, { port, environment, ...(node !== undefined && { node }) }),
	);
	const all = stack.move();
	return {
		folder,
		platform,
		hubspot,
		direct: `http://127.0.0.1:${port}/acme/report-writer/app`,
		tokens: tap.tokens,
		said: tap.said,
		environment,
		output: next.output,
		[Symbol.asyncDispose]: () => all.disposeAsync(),
	};
}
