import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isChild, tellParent } from './child.ts';

/** What a server says once it listens. */
export interface StreamServer {
	readonly origin: string;
	readonly agentId: string;
	readonly key: string;
}

/** Serves one agent of an agents file by the sandbox. */
async function serveSandbox(agents: string, database: string | undefined): Promise<StreamServer> {
	const { startSandbox } = await import('../packages/sandbox/dist/index.js');
	const sandbox = await startSandbox({
		port: 0,
		agents,
		tokenDelayMs: 0,
		rateLimitPerMinute: 1_000_000,
		...(database !== undefined && { database }),
	});
	return { origin: sandbox.url, agentId: sandbox.agentId, key: sandbox.keys.admin };
}

/** Serves these frames, each written by itself, and nothing else: what nobody can do with less. */
async function servePlain(frames: readonly string[]): Promise<StreamServer> {
	const server = createServer(async (request, response) => {
		for await (const _ of request);
		response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
		for (const frame of frames) response.write(frame);
		response.end();
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { origin: `http://127.0.0.1:${port}`, agentId: 'plain', key: 'zhn_test_bench' };
}

if (isChild()) {
	const [kind, argument = '', database] = process.argv.slice(2);
	tellParent(
		kind === 'plain' ? await servePlain(JSON.parse(argument)) : await serveSandbox(argument, database),
	);
	// The server lives as long as the process that started it.
	process.on('disconnect', () => process.exit());
}
