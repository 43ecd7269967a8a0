/** One event of a `text/event-stream`. JSON holds no line break, so its data is one line. */
export function encodeEvent(event: string, data: unknown): Uint8Array {
	return new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
