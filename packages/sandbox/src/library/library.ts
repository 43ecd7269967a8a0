import { SandboxSetupError } from '../setup-error.ts';
import { defaultLibrary } from './default-library.ts';
import { readLibrary } from './files.ts';
import { passagesOf } from './passages.ts';
import { type FiledPassage, type Hit, LibraryIndex } from './search.ts';
import { FolderWatch } from './watch.ts';

interface Contents {
	readonly index: LibraryIndex;
	readonly files: number;
	readonly passages: number;
	readonly folders: ReadonlySet<string>;
	/** What the person who named the library should know, a sentence each. */
	readonly warnings: readonly string[];
}

const MAX_PASSAGES = 100_000;

/**
 * Markdown that can be searched. Everything is read and indexed before anything listens, so that a sandbox is
 * never half started; once it is watched, a change is found in the next search.
 */
export class Library {
	readonly #paths: readonly string[];
	#contents: Contents;
	#watch: FolderWatch | undefined;
	/** Why it could not be read the last time. */
	#trouble: string | undefined;

	/** @throws {SandboxSetupError} when it cannot be read, or contains nothing. */
	constructor(paths: readonly string[] = defaultLibrary()) {
		this.#paths = paths;
		this.#contents = contentsOf(paths);
	}

	get size(): Pick<Contents, 'files' | 'passages' | 'warnings'> {
		const { files, passages, warnings } = this.#contents;
		return { files, passages, warnings };
	}

	/** Best first; the same for the same contents and words. */
	search(words: readonly string[]): Hit[] {
		return this.#contents.index.search(words);
	}

	watch(): void {
		this.#watch = new FolderWatch(this.#contents.folders, () => this.#readAgain());
	}

	close(): void {
		this.#watch?.close();
		this.#contents.index.close();
	}

	/** A library that has become unreadable, by a file half moved, say, is no reason to forget what it held. */
	#readAgain(): void {
		try {
			const contents = contentsOf(this.#paths);
			this.#contents.index.close();
			this.#contents = contents;
			this.#trouble = undefined;
			this.#watch?.follow(contents.folders);
			for (const warning of contents.warnings) console.warn(warning);
		} catch (error) {
			const trouble = error instanceof Error ? error.message : 'The library cannot be read.';
			if (trouble !== this.#trouble) {
				console.warn(`${trouble} Until it is put right, the library answers as before.`);
			}
			this.#trouble = trouble;
			this.#watch?.lookAgain();
		}
	}
}

function contentsOf(paths: readonly string[]): Contents {
	const { files, folders } = readLibrary(paths);
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
	return {
		index: new LibraryIndex(passages),
		files: files.length,
		passages: passages.length,
		folders,
		warnings,
	};
}
