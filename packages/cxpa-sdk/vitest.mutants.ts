import { defineConfig } from 'vitest/config';

/** The tests of what a zone trusts: each mutant is tried against these. */
export default defineConfig({
	test: { include: ['test/{zone-token,middleware,session}.test.ts'] },
});
