import type { Budget } from './deadline.ts';
import type { ByteSource } from './settings.ts';

/** A body that is being read, chunk by chunk. */
export interface ByteReader {
	/**
	 * Gives the next bytes, or nothing at the end, to `take`, and resolves with what it returns. Where the read
	 * or `take` fails, the connection is closed. A callback, because each promise more costs every chunk of a
	 * stream.
	 */
	next<T>(take: (bytes: Uint8Array | undefined) => T): Promise<T>;
	/** Closes the connection, where the end has not come yet. */
	close(): void;
}

/**
 * Reads a body within the call's budget: a read that the budget cuts short rejects at once.
 * @param describe turns what failed into the error to throw
 */
export function readerOf(
	body: ByteSource,
	budget: Budget,
	describe: (cause: unknown) => unknown = cause => cause,
): ByteReader {
	const source = sourceOf(body);
	const read = source.endsWhenClosed ? source.next : () => budget.race(source.next());
	if (source.endsWhenClosed) budget.onFailure(source.close);
	return {
		next: async take => {
			try {
				const { done, value } = await read();
				const ended = budget.failure();
				if (ended !== undefined) throw ended;
				return take(done ? undefined : value);
			} catch (cause) {
				source.close();
				throw describe(cause);
			}
		},
		close: source.close,
	};
}

const asItIs = (bytes: Uint8Array | undefined) => bytes;

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
		for (let chunk = await reader.next(asItIs); chunk !== undefined; chunk = await reader.next(asItIs)) {
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
	/** Whether `close` settles a read under way at once. One that waits for its source has to be raced instead. */
	readonly endsWhenClosed: boolean;
}

/** `getReader` first: Safari's streams are not async iterables. */
function sourceOf(body: ByteSource): Source {
	if ('getReader' in body) {
		const reader = body.getReader();
		return {
			next: () => reader.read(),
			close: () => void reader.cancel().catch(() => {}),
			endsWhenClosed: true,
		};
	}
	const iterator = body[Symbol.asyncIterator]();
	return {
		next: () => iterator.next(),
		close: () => closeIterable(body, iterator),
		endsWhenClosed: false,
	};
}

/** `return()` of a generator that is waiting for its next chunk would wait with it; `destroy` does not. */
function closeIterable(body: { destroy?(): unknown }, iterator: AsyncIterator<Uint8Array>): void {
	if (body.destroy !== undefined) body.destroy();
	else void iterator.return?.(undefined)?.catch(() => {});
}
