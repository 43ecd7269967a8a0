import { createServer } from 'node:http';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { generateReport, pollRun, triggerRun } from './fixtures/zone-page/actions.ts';
import { callHubspot, constructed, logged, read } from './fixtures/zone-page/snippets.ts';
import { zoneOf } from './next-zone.ts';
import { AGENT, startPlatform, switchOn } from './sandbox.ts';

afterEach(() => {
	vi.unstubAllEnvs();
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

it('a run that an action triggers is polled by another until it is over', async () => {
	const zone = await zoneOf(await startPlatform(), AGENT.report);
	const started = await zone(() => triggerRun({ url: 'https://example.com' }));
	if ('error' in started) throw new Error(started.error);
	await vi.waitUntil(async () => {
		const polled = await zone(() => pollRun(started.runId));
		return 'run' in polled && polled.run.status === 'completed';
	});
	const run = await zone(async () => read(await constructed(), started.runId));
	expect(run).toMatchObject({
		status: 'completed',
		input_data: { url: 'https://example.com' },
		output_data: { pdfUrl: 'https://files.example.com/1.pdf' },
		error: null,
	});
});

it('a report is waited for', async () => {
	const zone = await zoneOf(await startPlatform(), AGENT.report);
	expect(await zone(() => generateReport('bees'))).toEqual({ pdfUrl: 'https://files.example.com/1.pdf' });
});

it('a report that takes too long is pending, and can be polled', async () => {
	const zone = await zoneOf(await startPlatform({ zoneLimits: { waitCeilingMs: 20 } }), AGENT.endless);
	expect(await zone(() => generateReport('bees'))).toEqual({ pending: true, runId: 1 });
	expect(await zone(() => pollRun(1))).toMatchObject({ run: { status: 'running' } });
});

it('a report that fails says why', async () => {
	const zone = await zoneOf(await startPlatform(), AGENT.failing);
	expect(await zone(() => generateReport('bees'))).toEqual({ error: 'The model is away.' });
});

it("what the platform refuses is the action's error", async () => {
	const sandbox = await startPlatform();
	const zone = await zoneOf(sandbox, AGENT.report);
	expect(await zone(() => pollRun(99))).toEqual({ error: 'There is no such run.' });
	await switchOn(sandbox, { name: '429', value: 'absent' });
	expect(await zone(() => triggerRun({ url: 'x' }))).toEqual({ error: expect.any(String) });
});

it('an ApiError is told by its class, with its status and its message', async () => {
	const sandbox = await startPlatform();
	const zone = await zoneOf(sandbox, AGENT.report);
	const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
	await switchOn(sandbox, { name: '409' });
	const call = zone(async () => logged(await constructed(), {}));
	await expect(call).rejects.toMatchObject({ name: 'ApiError', status: 409 });
	expect(printed).toHaveBeenCalledWith(409, expect.any(String));
});

it("a credential opens the provider's own API", async () => {
	const zone = await zoneOf(await startPlatform(), AGENT.report);
	const asked: (string | undefined)[] = [];
	const provider = createServer((request, response) => {
		asked.push(request.headers.authorization);
		response.end('{}');
	});
	await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void provider.close());
	const address = provider.address();
	if (address === null || typeof address === 'string') throw new Error('The provider does not listen.');
	// The provider is on this machine; everything else goes where it says.
	const { fetch } = globalThis;
	vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
		fetch(url.replace('https://api.hubapi.com', `http://127.0.0.1:${address.port}`), init),
	);
	await zone(async () => callHubspot(await constructed()));
	expect(asked).toEqual(['Bearer sandbox_hubspot_token']);
});

it('outside a request there is no session', async () => {
	await expect(constructed()).rejects.toThrow(/request/);
});
