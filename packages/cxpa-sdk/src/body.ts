/** A body of an answer may be this long, in bytes. */
export const MOST_BODY_BYTES = 2 ** 26;
/** The body of an error is there for its message. */
export const MOST_ERROR_BYTES = 2 ** 16;

/** The text of a body; `undefined`, and the connection is closed, where it is longer than `most` bytes. */
export async function textOf(response: Response, most: number): Promise<string | undefined> {
	const reader = response.body?.getReader();
	if (!reader) return '';
	const decoder = new TextDecoder();
	let text = '';
	let bytes = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return text + decoder.decode();
		bytes += value.byteLength;
		if (bytes > most) {
			void reader.cancel().catch(() => {});
			return undefined;
		}
		text += decoder.decode(value, { stream: true });
	}
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
