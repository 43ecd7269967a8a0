/**
 * Reading the platform's JSON. It has been seen in two generations, which spell things differently; a field is
 * therefore asked for by all its names, and one that is absent or of another type counts as absent.
 */
export type JsonRecord = { readonly [name: string]: unknown };

export function isRecord(value: unknown): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own properties only: a field called `constructor` must not be found on every object. */
function field(record: JsonRecord, name: string): unknown {
	return Object.hasOwn(record, name) ? record[name] : undefined;
}

export function readText(record: JsonRecord, ...names: readonly string[]): string | undefined {
	for (const name of names) {
		const value = field(record, name);
		if (typeof value === 'string') return value;
	}
	return undefined;
}

export function readNumber(record: JsonRecord, ...names: readonly string[]): number | undefined {
	for (const name of names) {
		const value = field(record, name);
		if (typeof value === 'number' && Number.isFinite(value)) return value;
	}
	return undefined;
}

export function readBoolean(record: JsonRecord, name: string): boolean | undefined {
	const value = field(record, name);
	return typeof value === 'boolean' ? value : undefined;
}

export function readRecord(record: JsonRecord, name: string): JsonRecord | undefined {
	const value = field(record, name);
	return isRecord(value) ? value : undefined;
}

export function readList(record: JsonRecord, name: string): readonly unknown[] | undefined {
	const value = field(record, name);
	return Array.isArray(value) ? value : undefined;
}

/** The parts of an object that are there: an absent field is absent, not `undefined`. */
export function present<T extends object>(fields: T): Present<T> {
	const kept: Record<string, unknown> = {};
	for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
	return kept as Present<T>;
}

/** Makes a result immutable through and through. Without recursion: a server may nest as deep as it likes. */
export function deepFreeze<T>(result: T): T {
	const parts: unknown[] = [result];
	for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
		if (typeof part !== 'object' || part === null) continue;
		for (const inner of Object.values(part)) if (typeof inner === 'object') parts.push(inner);
		Object.freeze(part);
	}
	return result;
}

/** `T` with its possibly undefined fields made optional. */
export type Present<T> = {
	[K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** What a turn used, as far as the platform said. */
export interface Usage {
	readonly inputTokens?: number;
	readonly outputTokens?: number;
	readonly totalTokens?: number;
	/** US dollars. */
	readonly costUsd?: number;
}

/** Reads token counts under both generations' names. A zero is a count, not an absence. */
export function readUsage(record: JsonRecord | undefined): Usage | undefined {
	if (record === undefined) return undefined;
	const inputTokens = readNumber(record, 'input_tokens', 'prompt_tokens');
	const outputTokens = readNumber(record, 'output_tokens', 'completion_tokens');
	const sum =
		inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined;
	const totalTokens = readNumber(record, 'total_tokens') ?? sum;
	return present({ inputTokens, outputTokens, totalTokens, costUsd: readNumber(record, 'cost_usd') });
}

/** What an error body or an error event says, in any of its three shapes. */
export interface WireError {
	readonly code: string | undefined;
	readonly message: string | undefined;
	readonly reason: string | undefined;
	readonly requestId: string | undefined;
	readonly traceId: string | undefined;
	readonly executionId: string | undefined;
	readonly sessionId: string | undefined;
	readonly timedOut: boolean;
}

export function readWireError(body: unknown): WireError {
	const root = isRecord(body) ? body : {};
	const nested = readRecord(root, 'error') ?? {};
	const details = readRecord(nested, 'details') ?? readRecord(root, 'details') ?? {};
	const either = (...names: string[]) => readText(nested, ...names) ?? readText(root, ...names);
	return {
		code: either('code') ?? readText(root, 'error'),
		message: either('message') ?? readText(root, 'error'),
		reason: readText(details, 'reason'),
		requestId: either('request_id', 'requestId'),
		traceId: either('trace_id', 'traceId'),
		executionId: either('execution_id', 'executionId'),
		sessionId: either('session_id', 'sessionId'),
		timedOut: readBoolean(nested, 'timed_out') ?? readBoolean(root, 'timed_out') ?? false,
	};
}
