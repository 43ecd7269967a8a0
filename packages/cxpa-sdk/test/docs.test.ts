import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSandbox } from '@zihin/sandbox';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { zoneOf } from './next-zone.ts';
import { AGENT, startPlatform, zoneInfo } from './sandbox.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/zone.md'), 'utf8');
const blocks = [...PAGE.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text = '']) => ({
	language,
	text,
}));

afterEach(() => vi.unstubAllEnvs());

/** The page's file that holds these words, as a module. */
async function snippet(words: string): Promise<Record<string, unknown>> {
	const found = blocks.filter(({ language, text }) => language === 'ts' && text.includes(words));
	expect(found).toHaveLength(1);
	// Within the package, so that its own name leads to it.
	const folder = mkdtempSync(join(import.meta.dirname, '.docs-'));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const file = join(folder, 'snippet.ts');
	writeFileSync(file, found[0]?.text ?? '');
	return import(/* @vite-ignore */ file);
}

/** Runs the page's commands that hold these words against that sandbox. */
function commands(words: string, url: string): Promise<string[]> {
	const lines = blocks
		.filter(({ language }) => language === 'sh')
		.flatMap(({ text }) => text.trim().split('\n'))
		.filter(line => line.startsWith('curl') && line.includes(words));
	return Promise.all(
		lines.map(async line => {
			const here = line.replace('curl', 'curl -sS').replace('http://127.0.0.1:3000', url);
			return (await promisify(execFile)('sh', ['-c', here])).stdout;
		}),
	);
}

it('the page has no snippet that is not run here', () => {
	expect(blocks.map(({ language }) => language)).toEqual(['sh', 'sh', 'ts', 'ts', 'ts', 'sh', 'sh']);
});

it('the sandbox says what the zone has to know', async () => {
	const sandbox = await startSandbox({ port: 0 });
	onTestFinished(() => sandbox.close());
	const [zones = ''] = await commands('api/zones', sandbox.url);
	const named = [...PAGE.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) /gm)].flatMap(([, names = '']) =>
		names.split(', ').map(name => name.replaceAll('`', '')),
	);
	const { data } = JSON.parse(zones);
	expect(Object.keys(data[0].environment).sort()).toEqual(named.sort());
	expect(data.map(({ environment }: (typeof data)[0]) => environment.ZONE_AGENT_SLUG)).toContain('quick');
});

it('the proxy lets in what the platform sends, and nobody else', async () => {
	const { environment } = await zoneInfo(await startPlatform(), AGENT.report);
	for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
	const { proxy } = await snippet('createZoneMiddleware');
	if (typeof proxy !== 'function') throw new Error('There is no proxy.');
	expect((await proxy(new Request('http://localhost:4000/'))).status).toBe(401);
});

it('one action starts a report, another reads it until it is there', async () => {
	const zone = await zoneOf(await startPlatform(), AGENT.report);
	const { startReport, readReport } = await snippet("'use server'");
	if (typeof startReport !== 'function' || typeof readReport !== 'function') throw new Error('No actions.');
	const act = (action: () => Promise<unknown>) => zone(async () => Object(await action()));
	const { runId } = await act(() => startReport('bees'));
	await vi.waitUntil(async () => (await act(() => readReport(runId))).status === 'completed');
	expect(await act(() => readReport(99))).toEqual({ error: 'There is no such run.' });
});

it('the zone knows its place', async () => {
	const { environment } = await zoneInfo(await startPlatform(), AGENT.report);
	for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
	expect((await snippet('basePath')).default).toEqual({
		basePath: '/acme/report-writer/app',
		assetPrefix: '/assets/acme/report-writer',
		experimental: { serverActions: { allowedOrigins: [new URL(environment.PLATFORM_API_BASE_URL).host] } },
	});
});

it('a token can be asked for, and who visits can be chosen', async () => {
	const { url } = await startPlatform();
	const [token = ''] = await commands('/tokens', url);
	expect(JSON.parse(token).token).toMatch(/^eyJ/);
	const visitors = (await commands('/visitor', url)).map(answer => JSON.parse(answer));
	expect(visitors).toMatchObject([{ expiresInSeconds: -60 }, { expiresInSeconds: 60 }]);
});
