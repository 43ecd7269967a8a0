export const DEFAULT_KEEP_ALIVE_MS = 15_000;

/** In a stream of frames: from here on not even keep-alives are sent. */
export const SILENCE = Symbol('silence');

const encoder = new TextEncoder();

export function sseFrame(event: string, data: unknown): string {
	return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Frames as a `text/event-stream` body. The generator is asked for the next one only when the connection
 * takes it, so a slow reader costs no memory here; comments in between keep proxies from closing the line.
 */
export function sseStream(
	frames: AsyncGenerator<string | typeof SILENCE>,
	keepAliveMs: number,
): ReadableStream<Uint8Array> {
	let keepAlive: NodeJS.Timeout | undefined;
	let open = true;
	const finish = () => {
		open = false;
		clearInterval(keepAlive);
	};
	return new ReadableStream<Uint8Array>({
		start(controller) {
			keepAlive = setInterval(() => {
				if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(': keep-alive\n\n'));
			}, keepAliveMs);
		},
		async pull(controller) {
			try {
				let next = await frames.next();
				while (next.value === SILENCE) {
					clearInterval(keepAlive);
					next = await frames.next();
				}
				if (!open) return;
				if (next.done) {
					finish();
					controller.close();
					return;
				}
				controller.enqueue(encoder.encode(next.value));
			} catch (error) {
				finish();
				throw error;
			}
		},
		async cancel() {
			finish();
			await frames.return(undefined);
		},
	});
}
