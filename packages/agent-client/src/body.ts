import type { Budget } from './deadline.ts';
import type { ByteSource } from './settings.ts';

/** A body that is being read, chunk by chunk. */
export interface ByteReader {
	/** The next bytes, or nothing at the end. */
	next(): Promise<Uint8Array | undefined>;
	/** Closes the connection, where the end has not come yet. */
	close(): void;
}

/** Reads a body within the call's budget: a read that the budget cuts short rejects at once. */
export function readerOf(body: ByteSource, budget: Budget): ByteReader {
	const source = sourceOf(body);
	return {
		next: () => budget.race(source.next()).then(({ done, value }) => (done ? undefined : value)),
		close: source.close,
	};
}

/**
 * The whole text of a body, or nothing where it is longer than `limit` decoded bytes: reading stops there.
 */
export async function textOf(
	body: ByteSource | null,
	budget: Budget,
	limit: number,
): Promise<string | undefined> {
	if (body === null) return '';
	const reader = readerOf(body, budget);
	// Node's decoder may take a byte order mark out of the middle of a text that arrives in pieces.
	const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
	const parts: string[] = [];
	let complete = false;
	try {
		let bytes = 0;
		for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
			bytes += chunk.byteLength;
			if (bytes > limit) return undefined;
			parts.push(decoder.decode(chunk, { stream: true }));
		}
		complete = true;
	} finally {
		if (!complete) reader.close();
	}
	parts.push(decoder.decode());
	return parts.join('').replace(/^\uFEFF/, '');
}

/** Closes a body that nobody will read. */
export function discard(body: ByteSource | null): void {
	if (body === null) return;
	if ('getReader' in body) void body.cancel().catch(() => {});
	else closeIterable(body, body[Symbol.asyncIterator]());
}

interface Source {
	next(): Promise<{ readonly done?: boolean | undefined; readonly value?: Uint8Array | undefined }>;
	close(): void;
}

/** `getReader` first: Safari's streams are not async iterables. */
function sourceOf(body: ByteSource): Source {
	if ('getReader' in body) {
		const reader = body.getReader();
		return { next: () => reader.read(), close: () => void reader.cancel().catch(() => {}) };
	}
	const iterator = body[Symbol.asyncIterator]();
	return { next: () => iterator.next(), close: () => closeIterable(body, iterator) };
}

/** `return()` of a generator that is waiting for its next chunk would wait with it; `destroy` does not. */
function closeIterable(body: { destroy?(): unknown }, iterator: AsyncIterator<Uint8Array>): void {
	if (body.destroy !== undefined) body.destroy();
	else void iterator.return?.(undefined)?.catch(() => {});
}
