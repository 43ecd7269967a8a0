/** What came of a suite on a runtime. */
export interface Result {
	readonly passed: number;
	/** A line for each test that failed. */
	readonly failures: readonly string[];
	/** What this runtime cannot run. */
	readonly skipped?: readonly string[];
}
