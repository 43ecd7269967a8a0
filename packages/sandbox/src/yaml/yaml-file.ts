import { readFileSync, statSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { SandboxSetupError } from '../setup-error.ts';

/** Where in the file something stands: the keys and list indices that lead there. */
export type YamlPath = readonly PropertyKey[];

const MAX_BYTES = 2 ** 20;

/** A YAML file that a person wrote: its value, and the place of everything in it. */
export class YamlFile {
	readonly value: unknown;
	readonly #name: string;
	readonly #document: ReturnType<typeof parseDocument>;
	readonly #lines = new LineCounter();

	/** @param name how the person calls the file; messages begin with it. */
	constructor(name: string, text: string) {
		this.#name = name;
		this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
		const [error] = this.#document.errors;
		if (error) throw this.#mistakeAt(error.pos[0], `this is not valid YAML: ${sentence(error.message)}`);
		try {
			this.value = this.#document.toJS();
		} catch (cause) {
			// An alias that is used before its anchor, or that multiplies itself.
			throw this.#mistakeAt(0, sentence(cause instanceof Error ? cause.message : 'it cannot be read'));
		}
	}

	/** The mistake as an error that begins with file, line and column. */
	mistake(path: YamlPath, message: string): SandboxSetupError {
		return this.#mistakeAt(this.offset(path), message);
	}

	/** Where the key or list item stands that the path leads to, or the last of it that is there. */
	offset(path: YamlPath): number {
		let node: unknown = this.#document.contents;
		let offset = rangeStart(node) ?? 0;
		for (const key of path) {
			const pair = isMap(node) ? node.items.find(({ key: name }) => isNamed(name, key)) : undefined;
			const child = pair ? pair.value : isMap(node) ? undefined : childOf(node, key);
			const found = rangeStart(pair ? pair.key : child);
			if (found === undefined) break;
			offset = found;
			node = child;
		}
		return offset;
	}

	#mistakeAt(offset: number, message: string): SandboxSetupError {
		const { line, col } = this.#lines.linePos(offset);
		return new SandboxSetupError(`${this.#name}:${line || 1}:${col || 1}: ${message}`);
	}
}

/** @throws {SandboxSetupError} when there is no such file, it cannot be read, or it is no YAML. */
export function readYamlFile(path: string): YamlFile {
	return new YamlFile(path, readText(path));
}

function readText(path: string): string {
	try {
		if (statSync(path).size <= MAX_BYTES) return readFileSync(path, 'utf8');
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
		throw new SandboxSetupError(
			code === 'ENOENT' ? `The file ${path} does not exist.` : `The file ${path} cannot be read (${code}).`,
		);
	}
	throw new SandboxSetupError(`The file ${path} is larger than 1 MiB.`);
}

function childOf(node: unknown, key: PropertyKey): unknown {
	if (!isNode(node) || !('items' in node) || !Array.isArray(node.items)) return undefined;
	return node.items[Number(key)];
}

function isNamed(node: unknown, key: PropertyKey): boolean {
	return String(isScalar(node) ? node.value : node) === String(key);
}

function rangeStart(node: unknown): number | undefined {
	return isNode(node) ? node.range?.[0] : undefined;
}

/** One line, with a full stop. */
function sentence(text: string): string {
	return `${text.replace(/\s+/g, ' ').trim().replace(/\.$/, '')}.`;
}
