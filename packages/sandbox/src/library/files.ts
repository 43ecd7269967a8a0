import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { SandboxSetupError } from '../setup-error.ts';

export interface LibraryFile {
	/** Relative to the library's root, with `/`. */
	readonly file: string;
	readonly markdown: string;
	/** Whether only the beginning was read. */
	readonly truncated: boolean;
}

export interface LibraryFiles {
	readonly files: readonly LibraryFile[];
	/** Every folder that a change could show in. */
	readonly folders: ReadonlySet<string>;
}

const MAX_FILES = 5_000;
/** Of a bigger file only the beginning is searched: parsing has to stay a matter of seconds. */
const MAX_FILE_BYTES = 2 ** 20;
const MARKDOWN = new Set(['.md', '.markdown']);

/** Reads every Markdown file below the given files and folders, in a fixed order. */
export function readLibrary(paths: readonly string[]): LibraryFiles {
	const found: Found = { files: new Set(), folders: new Set() };
	const root = commonFolder(paths.map(path => collect(path, found)));
	const files = [...found.files].map(path => ({
		file: relative(root, path).replaceAll(sep, '/'),
		...read(path),
	}));
	return { files, folders: found.folders };
}

interface Found {
	readonly files: Set<string>;
	readonly folders: Set<string>;
}

/** Adds what the path holds, and returns the folder that it is relative to. */
function collect(path: string, found: Found): string {
	const absolute = resolve(path);
	const before = found.files.size;
	const stats = attempt(path, () => statSync(absolute));
	if (!stats.isDirectory()) {
		if (!isMarkdown(absolute) || !stats.isFile()) {
			throw new SandboxSetupError(`The library path ${path} is neither a Markdown file nor a folder.`);
		}
		found.files.add(absolute);
		found.folders.add(dirname(absolute));
		return dirname(absolute);
	}
	walk(absolute, found);
	if (found.files.size === before && ![...found.files].some(file => file.startsWith(absolute + sep))) {
		throw new SandboxSetupError(`The library folder ${path} contains no Markdown file.`);
	}
	return absolute;
}

/** Links are not followed: they could lead round in a circle. Hidden folders and dependencies are no library. */
function walk(folder: string, found: Found): void {
	found.folders.add(folder);
	const entries = attempt(folder, () => readdirSync(folder, { withFileTypes: true }));
	for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) {
			if (!entry.name.startsWith('.') && entry.name !== 'node_modules') walk(path, found);
		} else if (entry.isFile() && isMarkdown(path)) {
			found.files.add(path);
			if (found.files.size > MAX_FILES) {
				throw new SandboxSetupError(`The library holds more than ${MAX_FILES} files: name a smaller folder.`);
			}
		}
	}
}

function read(path: string): { markdown: string; truncated: boolean } {
	return attempt(path, () => {
		const descriptor = openSync(path, 'r');
		try {
			const { size } = fstatSync(descriptor);
			const bytes = Buffer.alloc(Math.min(size, MAX_FILE_BYTES));
			const text = bytes
				.subarray(0, readSync(descriptor, bytes))
				.toString('utf8')
				.replace(/^\uFEFF/, '');
			const truncated = size > MAX_FILE_BYTES;
			// Half a line, or half a character, is no text to answer with.
			return { markdown: truncated ? text.slice(0, text.lastIndexOf('\n') + 1) : text, truncated };
		} finally {
			closeSync(descriptor);
		}
	});
}

export function isMarkdown(path: string): boolean {
	return MARKDOWN.has(extname(path).toLowerCase());
}

function commonFolder(folders: readonly string[]): string {
	let [common = ''] = folders;
	for (const folder of folders) {
		while (folder !== common && !folder.startsWith(common.endsWith(sep) ? common : common + sep)) {
			common = dirname(common);
		}
	}
	return common;
}

function attempt<T>(path: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		if (code === 'ENOENT') throw new SandboxSetupError(`The library path ${path} does not exist.`);
		throw new SandboxSetupError(`The library path ${path} cannot be read (${String(code ?? error)}).`);
	}
}
