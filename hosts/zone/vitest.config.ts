import { defineConfig } from 'vitest/config';

/** One file at a time: each builds an app, and that takes both cores. */
export default defineConfig({
	test: {
		include: ['test/*.test.ts'],
		fileParallelism: false,
		testTimeout: 60_000,
		hookTimeout: 300_000,
		reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
	},
});
