import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

it.each(['@zihin/agent-client', '@zihin/agent-client/core'])(
	'%s is the same by import and by require',
	async name => {
		const imported: object = await import(name);
		const required: object = createRequire(import.meta.url)(name);
		expect(Object.keys(required).sort()).toEqual(Object.keys(imported).sort());
		const { ZihinAgentError } = createRequire(import.meta.url)(name);
		const { ZihinAgentError: Other } = await import(name);
		expect(Other.is(new ZihinAgentError({ kind: 'config', message: 'x' }))).toBe(true);
	},
);

it('the root and the core share one error class', async () => {
	const root = await import('@zihin/agent-client');
	const core = await import('@zihin/agent-client/core');
	expect(root.ZihinAgentError).toBe(core.ZihinAgentError);
});
