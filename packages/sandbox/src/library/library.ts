import { SandboxSetupError } from '../setup-error.ts';
import { defaultLibrary } from './default-library.ts';
import { readLibrary } from './files.ts';
import { passagesOf } from './passages.ts';
import { type FiledPassage, LibraryIndex } from './search.ts';

export interface Library {
	readonly index: LibraryIndex;
	readonly files: number;
	readonly passages: number;
	/** What the person who named the library should know, a sentence each. */
	readonly warnings: readonly string[];
}

const MAX_PASSAGES = 100_000;

/** Reads and indexes everything before anything listens, so that a sandbox is never half started. */
export function openLibrary(paths: readonly string[] = defaultLibrary()): Library {
	const files = readLibrary(paths);
	const passages: FiledPassage[] = [];
	for (const { file, markdown } of files) {
		for (const passage of passagesOf(markdown)) passages.push({ file, ...passage });
		if (passages.length > MAX_PASSAGES) {
			throw new SandboxSetupError(
				`The library holds more than ${MAX_PASSAGES} passages: name a smaller folder.`,
			);
		}
	}
	if (passages.length === 0) throw new SandboxSetupError('The library contains no text to search.');
	const warnings = files
		.filter(({ truncated }) => truncated)
		.map(({ file }) => `${file} is larger than 1 MiB: only its beginning is searched.`);
	return { index: new LibraryIndex(passages), files: files.length, passages: passages.length, warnings };
}
