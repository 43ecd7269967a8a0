/** The connector's own tests, and where to write what came of them. They wait more than they compute. */
export default {
	root: new URL('../../connectors/zapier', import.meta.url).pathname,
	test: {
		include: ['test/**/*.test.ts'],
		testTimeout: 30_000,
		hookTimeout: 60_000,
		maxWorkers: 3,
		reporters: [['json', { outputFile: process.env.ZIHIN_REPORT }]],
	},
};
