import { defineConfig } from 'vitest/config';

/** Flows take as long as their agents: they run by `npm run hosts -- activepieces`. */
export default defineConfig({
	test: {
		root: import.meta.dirname,
		include: ['*.test.ts'],
		testTimeout: 180_000,
		hookTimeout: 60_000,
		maxConcurrency: 6,
		maxWorkers: 2,
		reporters: ['default', ['json', { outputFile: '../test-results/flows.json' }]],
	},
});
