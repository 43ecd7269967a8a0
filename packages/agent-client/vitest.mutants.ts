import { defineConfig } from 'vitest/config';

/** The tests that stand beside the mutated modules: each mutant is tried against these. */
export default defineConfig({
	test: {
		include: ['src/{addresses,agent-turn,callbacks,event-text,redact,retry,runs,token-event,urls}.test.ts'],
	},
});
