import { readFileSync } from 'node:fs';

/** One row of a case file. What stands in `expect` and `input` differs from file to file. */
export interface CaseFile<Case> {
	readonly about: string;
	readonly cases: readonly Case[];
}

/** Reads a case file that this repository shares with its reviewers. The type is the reader's promise. */
export function readCases<File>(name: string): File {
	const text = readFileSync(new URL(`./cases/${name}.json`, import.meta.url), 'utf8');
	const file: unknown = JSON.parse(text);
	return file as File;
}

/** A fake key, long enough that redaction by value is what removes it. */
export const FAKE_KEY = 'zhn_test_9fK2mQ7xR4tB8vN1cJ6wP3sL5hD0gY2a';

/** A small seeded generator, so that a random cut that fails can be cut again. */
export function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}
