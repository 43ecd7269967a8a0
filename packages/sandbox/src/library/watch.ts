import { type FSWatcher, watch } from 'node:fs';
import { isMarkdown } from './files.ts';

/** An editor saves in several steps, a checkout in hundreds. */
const SETTLE_MS = 100;
/** A folder that is gone tells nobody that it is back. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Says when Markdown in some folders has changed. Each folder is watched by itself: a recursive watch would also
 * follow hidden folders and dependencies, of which there can be more than a system lets anyone watch.
 */
export class FolderWatch {
	readonly #onChange: () => void;
	/** No watcher where the system refused, or there is no such folder at the moment. */
	readonly #watchers = new Map<string, FSWatcher | undefined>();
	#pending: NodeJS.Timeout | undefined;
	#hasWarned = false;

	constructor(folders: ReadonlySet<string>, onChange: () => void) {
		this.#onChange = onChange;
		for (const folder of folders) this.#add(folder);
	}

	/** Watches exactly these folders from now on. */
	follow(folders: ReadonlySet<string>): void {
		for (const [folder, watcher] of this.#watchers) {
			if (folders.has(folder)) continue;
			watcher?.close();
			this.#watchers.delete(folder);
		}
		const added = [...folders].filter(folder => !this.#watchers.has(folder));
		for (const folder of added) this.#add(folder);
		// What was written to them since they were read would otherwise be missed.
		if (added.length > 0) this.#schedule(SETTLE_MS);
	}

	lookAgain(): void {
		this.#schedule(LOOK_AGAIN_MS);
	}

	close(): void {
		clearTimeout(this.#pending);
		for (const watcher of this.#watchers.values()) watcher?.close();
		this.#watchers.clear();
	}

	#add(folder: string): void {
		this.#watchers.set(folder, undefined);
		try {
			const watcher = watch(folder, { persistent: false }, (kind, name) => {
				// Of other files only coming and going counts: they may be folders.
				if (kind === 'rename' || name === null || isMarkdown(name)) this.#schedule(SETTLE_MS);
			});
			// On some systems, a folder that is removed.
			watcher.on('error', () => this.#schedule(SETTLE_MS));
			this.#watchers.set(folder, watcher);
		} catch (error) {
			this.#warn(folder, error instanceof Error && 'code' in error ? String(error.code) : 'unknown error');
		}
	}

	/** Not put off by further changes: a file that is written all the time is still read. */
	#schedule(delayMs: number): void {
		this.#pending ??= setTimeout(() => {
			this.#pending = undefined;
			this.#renew();
			this.#onChange();
		}, delayMs).unref();
	}

	/**
	 * Of a folder that was removed and made anew, the watcher still watches the old one. Before anything is read,
	 * so that no change falls in between.
	 */
	#renew(): void {
		for (const [folder, watcher] of this.#watchers) {
			watcher?.close();
			this.#add(folder);
		}
	}

	/** Once: where one folder cannot be watched, a thousand more often cannot either. */
	#warn(folder: string, code: string): void {
		if (code === 'ENOENT' || this.#hasWarned) return;
		this.#hasWarned = true;
		console.warn(
			`The folder ${folder} cannot be watched (${code}): restart the sandbox after changes in it.`,
		);
	}
}
