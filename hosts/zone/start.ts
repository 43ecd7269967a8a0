// `npm run zone`: the example zone and the sandbox before it, to look at and to edit. Until Ctrl+C, or with --once
// until the page has come through.
import { SandboxSetupError } from '../../packages/sandbox/dist/index.js';
import { startFlags } from '../start-flags.ts';
import { startHubspot } from './hubspot.ts';
import { install } from './install.ts';
import { startNext } from './next-server.ts';
import { EXAMPLE } from './places.ts';
import { startPlatform } from './platform.ts';
import { freePort } from './ports.ts';

const flags = startFlags({
	name: 'npm run zone --',
	description: 'Starts the sandbox and examples/zone-app behind it; an edit of the example shows at once.',
	port: ["the sandbox's port; 0 takes any free one", 3000],
	once: 'end when the page has come through: 0 when it did, else 1',
});

console.log('» Installing what the example needs (the first time takes some seconds) …');
await install(EXAMPLE);
await using stack = new AsyncDisposableStack();
const port = await freePort();
const hubspot = stack.use(await startHubspot());
const platform = await startPlatform(`http://127.0.0.1:${port}`, { port: flags.port }).catch(refused);
stack.use(platform);
console.log('» Starting Next …');
const environment = { ...platform.environment, HUBSPOT_API_URL: hubspot.url };
const next = stack.use(await startNext(EXAMPLE, 'dev', { port, environment }));
console.log('» Building the page …');
const page = await fetch(platform.zoneUrl);
if (!page.ok) {
	console.error(`${platform.zoneUrl} answered ${page.status}: ${await page.text()}\n${next.output()}`);
	process.exitCode = 1;
} else {
	console.log(`
  the zone      ${platform.zoneUrl}
  the console   ${platform.url}
  to edit       examples/zone-app/src
`);
	if (!flags.once) {
		console.log('Stop it with Ctrl+C.');
		await interrupted();
	}
}

function interrupted(): Promise<void> {
	return new Promise(resolve => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
	});
}

function refused(cause: unknown): never {
	if (!(cause instanceof SandboxSetupError)) throw cause;
	console.error(cause.message);
	process.exit(2);
}
