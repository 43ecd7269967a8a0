import type { Budget } from './deadline.ts';
import type { ByteSource } from './settings.ts';

/** The bytes of a body within the call's budget. Whatever ends the iteration early closes the body. */
export async function* bytesOf(
	body: ByteSource,
	budget: Budget,
): AsyncGenerator<Uint8Array, void, undefined> {
	const source = readerOf(body);
	let complete = false;
	try {
		for (;;) {
			const { done, value } = await budget.race(source.next());
			if (done) {
				complete = true;
				return;
			}
			yield value;
		}
	} finally {
		if (!complete) source.close();
	}
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
	const decoder = new TextDecoder();
	const parts: string[] = [];
	let bytes = 0;
	for await (const chunk of bytesOf(body, budget)) {
		bytes += chunk.byteLength;
		if (bytes > limit) return undefined;
		parts.push(decoder.decode(chunk, { stream: true }));
	}
	parts.push(decoder.decode());
	return parts.join('');
}

/** Closes a body that nobody will read. */
export function discard(body: ByteSource | null): void {
	if (body === null) return;
	if ('getReader' in body) void body.cancel().catch(() => {});
	else closeIterable(body, body[Symbol.asyncIterator]());
}

interface ByteReader {
	next(): Promise<IteratorResult<Uint8Array, unknown>>;
	close(): void;
}

/** `getReader` first: Safari's streams are not async iterables. */
function readerOf(body: ByteSource): ByteReader {
	if ('getReader' in body) {
		const reader = body.getReader();
		return {
			next: async () => {
				const { done, value } = await reader.read();
				return done ? { done, value: undefined } : { done, value };
			},
			close: () => void reader.cancel().catch(() => {}),
		};
	}
	const iterator = body[Symbol.asyncIterator]();
	return { next: () => iterator.next(), close: () => closeIterable(body, iterator) };
}

/** `return()` of a generator that is waiting for its next chunk would wait with it; `destroy` does not. */
function closeIterable(body: { destroy?(): unknown }, iterator: AsyncIterator<Uint8Array>): void {
	if (body.destroy !== undefined) body.destroy();
	else void iterator.return?.(undefined)?.catch(() => {});
}
