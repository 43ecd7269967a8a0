import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const NAME = '@zihin/agent-client';
const require = createRequire(import.meta.url);

it.each([NAME, `${NAME}/core`, `${NAME}/callbacks`, `${NAME}/runs`])(
	'%s is the same by import and by require',
	async name => {
		const imported: object = await import(name);
		expect(Object.keys(imported)).not.toEqual([]);
		expect(Object.keys(require(name)).sort()).toEqual(Object.keys(imported).sort());
	},
);

it('all entries share one error class, and know the one of the other module format', async () => {
	const { ZihinAgentError } = await import('@zihin/agent-client');
	expect(ZihinAgentError).toBe((await import('@zihin/agent-client/core')).ZihinAgentError);
	const { verifyCallback } = await import('@zihin/agent-client/callbacks');
	await expect(verifyCallback({ rawBody: '' })).rejects.toBeInstanceOf(ZihinAgentError);
	const { findRun } = await import('@zihin/agent-client/runs');
	const { createClient } = await import('@zihin/agent-client');
	const client = createClient({ apiKey: 'zhn_test_0123456789abcdef' });
	await expect(findRun(client, { agentId: 'a', runKey: '' })).rejects.toBeInstanceOf(ZihinAgentError);
	for (const name of [NAME, `${NAME}/core`]) {
		const { ZihinAgentError: Other } = require(name);
		expect(ZihinAgentError.is(new Other({ kind: 'config', message: 'x' }))).toBe(true);
	}
});

it('a host that forbids timers, process and globalThis can bundle runs and callbacks with its own web crypto', async () => {
	const { outputFiles } = await build({
		stdin: {
			contents: `export { startRunWith, findRunWith, finishRun, waitForRun } from '@zihin/agent-client/runs';
				export { verifyCallbackWith, signPayloadWith } from '@zihin/agent-client/callbacks';`,
			resolveDir: fileURLToPath(new URL('.', import.meta.url)),
		},
		bundle: true,
		format: 'esm',
		platform: 'neutral',
		write: false,
		legalComments: 'none',
	});
	const code = outputFiles[0]?.text ?? '';
	expect(code).toContain('zihin-run:');
	expect(code).not.toMatch(/\b(?:globalThis|global|process|setTimeout|setInterval|setImmediate|import\()/);
});
