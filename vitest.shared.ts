import { defineConfig } from 'vitest/config';

/** What every package's tests share. `test-results/vitest.json` is what `npm test` counts. */
export default defineConfig({
	test: {
		include: ['src/**/*.test.ts', 'test/**/*.test.{ts,mts}'],
		testTimeout: 30_000,
		hookTimeout: 60_000,
		reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
	},
});
