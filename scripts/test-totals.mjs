// Adds up what the packages' test runs wrote. Cached runs count: turbo brings their files back.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'test-results';

/** Forgets earlier runs, so that only what runs now, or comes back from the cache, is counted. */
export function clearTestResults(root) {
	for (const folder of packageFolders(root)) rmSync(join(folder, FOLDER), { recursive: true, force: true });
}

export function testTotals(root) {
	let passed = 0;
	let failed = 0;
	for (const folder of packageFolders(root)) {
		const file = join(folder, FOLDER, 'vitest.json');
		if (!existsSync(file)) continue;
		const result = JSON.parse(readFileSync(file, 'utf8'));
		passed += result.numPassedTests;
		// A file that cannot be loaded fails the run without a failed test.
		failed += result.numFailedTests || (result.success ? 0 : 1);
	}
	return { passed, failed };
}

function packageFolders(root) {
	return ['packages', 'connectors'].flatMap(folder =>
		readdirSync(join(root, folder)).map(name => join(root, folder, name)),
	);
}
