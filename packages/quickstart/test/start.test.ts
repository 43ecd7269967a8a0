import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const START = fileURLToPath(new URL('../src/start.ts', import.meta.url));

interface Ended {
	readonly code: number | string | null | undefined;
	readonly output: string;
}

/** Runs the command in an empty folder, as little depends on where it is started. */
function start(...flags: readonly string[]): Promise<Ended> {
	return new Promise(resolve => {
		execFile(process.execPath, [START, ...flags], { timeout: 120_000 }, (error, stdout, stderr) => {
			resolve({ code: error === null ? 0 : error.code, output: stdout + stderr });
		});
	});
}

describe('npm start -- --once', () => {
	let ended: Ended;
	beforeAll(async () => {
		ended = await start('--once');
	}, 150_000);

	it('ends with 0 when all four paths gave equal answers that cite a file', () => {
		expect(ended.output).toContain('✓ 4 equal answers, 4 equal second answers, one trigger.');
		expect(ended.output).not.toContain('✗');
		expect(ended.code).toBe(0);
	});

	it.each(['client', 'n8n', 'Activepieces', 'Zapier'])('shows %s with its runtime and a trigger', path => {
		const row = ended.output.split('\n').find(line => line.startsWith(`│ ${path} `));
		expect(row).toMatch(/(?:agent-client|n8n-core|pieces-framework|zapier-platform-core) \d+\.\d+\.\d+/);
		expect(row).toMatch(/\d+ ms │ [0-9a-f]{8} │/);
	});

	it('shows no key', () => {
		expect(ended.output).not.toMatch(/zhn_test_/);
	});
});

describe('what it refuses', () => {
	it('a question that no page answers ends with 1 and says so for each path', async () => {
		const { code, output } = await start('--once', '--question', 'Qwertz uiop asdfgh?');
		expect(output).toContain('I found nothing about "Qwertz uiop asdfgh?"');
		expect(output.match(/✗ .* cites no file that exists\./g)).toHaveLength(4);
		expect(code).toBe(1);
	}, 150_000);

	it('an empty question gets one sentence', async () => {
		const { code, output } = await start('--question', ' ');
		expect(output.trim()).toBe('The question is empty: write one after --question.');
		expect(code).toBe(2);
	});

	it.each(['http', '70000', '-1', '1.5', ' '])('the port %j gets one sentence', async port => {
		const { code, output } = await start(`--port=${port}`);
		expect(output).toContain('A port is a whole number from 0 to 65535.');
		expect(code).not.toBe(0);
	});

	describe('a port in use', () => {
		const taken = createServer();
		let port = 0;
		beforeAll(async () => {
			await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
			const address = taken.address();
			port = typeof address === 'object' && address !== null ? address.port : 0;
		});
		afterAll(() => taken.close());

		it('gets one sentence that names it', async () => {
			const { code, output } = await start('--port', String(port));
			expect(output).toMatch(new RegExp(`${port}.*in use`));
			expect(output.trim().split('\n')).toHaveLength(2);
			expect(code).toBe(2);
		});
	});
});
