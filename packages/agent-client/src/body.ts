import type { Budget } from './deadline.ts';
import type { ByteSource } from './settings.ts';

/** What one read of a body gives. */
export type Read = { readonly done?: boolean | undefined; readonly value?: Uint8Array | undefined };

/**
 * A body that is being read, chunk by chunk, within the call's budget. Reading, judging and failing are three
 * steps of the reader's own loop: a promise for the three together would cost every chunk of a stream.
 */
export interface ByteReader {
	/** Reads on. A read that the budget cuts short settles at once. */
	read(): Promise<Read>;
	/** The bytes of a read, nothing at the end. Throws what ended the budget meanwhile. */
	bytesOf(read: Read): Uint8Array | undefined;
	/** Leaves a body that has come to its end: nothing of it is left to abort. */
	release(): void;
	/** Closes the connection after a failure; gives the error to throw. */
	fail(cause: unknown): unknown;
	/** Closes the connection, where the end has not come yet. */
	close(): void;
}

/** @param describe turns what failed into the error to throw */
export function readerOf(
	body: ByteSource,
	budget: Budget,
	describe: (cause: unknown) => unknown = cause => cause,
): ByteReader {
	const { read, close, endsWhenClosed } = sourceOf(body);
	if (endsWhenClosed) budget.onFailure(close);
	const release = () => {
		budget.underWay = false;
	};
	return {
		read: endsWhenClosed ? read : () => budget.race(read()),
		bytesOf: ({ done, value }) => {
			const ended = budget.failure();
			if (ended !== undefined) throw ended;
			if (!done) return value;
			release();
			return undefined;
		},
		release,
		fail: cause => {
			close();
			return describe(cause);
		},
		close,
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
	let bytes = 0;
	try {
		for (;;) {
			const chunk = reader.bytesOf(await reader.read());
			if (chunk === undefined) break;
			bytes += chunk.byteLength;
			if (bytes > limit) {
				reader.close();
				return undefined;
			}
			parts.push(decoder.decode(chunk, { stream: true }));
		}
	} catch (cause) {
		throw reader.fail(cause);
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
	read(): Promise<Read>;
	close(): void;
	/** Whether `close` settles a read under way at once. One that waits for its source has to be raced instead. */
	readonly endsWhenClosed: boolean;
}

/** `getReader` first: Safari's streams are not async iterables. */
function sourceOf(body: ByteSource): Source {
	if ('getReader' in body) {
		const reader = body.getReader();
		return {
			read: () => reader.read(),
			close: () => void reader.cancel().catch(() => {}),
			endsWhenClosed: true,
		};
	}
	const iterator = body[Symbol.asyncIterator]();
	return {
		read: () => iterator.next(),
		close: () => closeIterable(body, iterator),
		endsWhenClosed: false,
	};
}

/** `return()` of a generator that is waiting for its next chunk would wait with it; `destroy` does not. */
function closeIterable(body: { destroy?(): unknown }, iterator: AsyncIterator<Uint8Array>): void {
	if (body.destroy !== undefined) body.destroy();
	else void iterator.return?.(undefined)?.catch(() => {});
}
