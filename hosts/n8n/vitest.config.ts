import { defineConfig } from 'vitest/config';

/** One n8n at a time; within it, most tests wait for agents that think. */
export default defineConfig({
	test: {
		include: ['*.test.ts'],
		fileParallelism: false,
		maxConcurrency: 12,
		testTimeout: 300_000,
		hookTimeout: 300_000,
		teardownTimeout: 30_000,
		reporters: ['verbose', ['json', { outputFile: 'test-results/vitest.json' }]],
	},
});
