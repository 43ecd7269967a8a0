import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBinary } from '../../runtimes/binaries.ts';
import { run } from '../../runtimes/process.ts';
import { type Mounted, mounted } from '../mounted.ts';
import { HERE } from '../places.ts';

let folder: string;
beforeAll(async () => {
	await using built = await mounted({ app: 'example', next: 16 });
	folder = built.folder;
});

describe.each([20, 22, 24, 26])('Node %i', major => {
	let zone: Mounted;
	beforeAll(async () => {
		zone = await mounted({ app: 'example', next: 16 }, { folder, node: nodeBinary(major) });
	});
	afterAll(() => zone?.[Symbol.asyncDispose]());

	it('lets in what the platform sends, and nobody else', async () => {
		const through = await fetch(zone.platform.zoneUrl);
		expect([through.status, await through.text()]).toEqual([200, expect.stringContaining('Max Member')]);
		expect((await fetch(zone.direct)).status).toBe(401);
	});
});

describe.each([18, 20, 22, 24, 26])('the SDK without Next on Node %i', major => {
	it('checks a token, starts a run, waits for it, reads it and a credential', async () => {
		await using zone = await mounted({ app: 'example', next: 16 }, { folder });
		// Web crypto, which only the check of a token needs, is behind a flag there.
		const flags = major === 18 ? ['--experimental-global-webcrypto', '--no-warnings'] : [];
		const { status, stdout, stderr } = await run(nodeBinary(major), [...flags, 'without-next.mjs'], {
			cwd: HERE,
			env: { ...zone.environment, ZONE_TOKENS_URL: `${zone.platform.url}/sandbox/api/zones/1/tokens` },
			timeoutMs: 30_000,
		});
		expect({ status, stderr, ...JSON.parse(stdout || '{}') }).toEqual({
			status: 0,
			stderr: '',
			role: 'owner',
			statuses: ['completed', 'completed'],
			credential: 'oauth',
			refused: 404,
			forged: 'ZoneSessionError',
		});
	});
});
