export interface SseEvent {
	readonly event: string;
	readonly data: unknown;
}

const KEEP_ALIVE_MS = 15_000;
const encoder = new TextEncoder();

/**
 * Events as a `text/event-stream` body. The generator is asked for the next event only when the connection
 * takes it, so a slow reader costs no memory here; comments in between keep proxies from closing the line.
 */
export function sseStream(events: AsyncGenerator<SseEvent>): ReadableStream<Uint8Array> {
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
			}, KEEP_ALIVE_MS);
		},
		async pull(controller) {
			try {
				const next = await events.next();
				if (!open) return;
				if (next.done) {
					finish();
					controller.close();
					return;
				}
				const { event, data } = next.value;
				controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
			} catch (error) {
				finish();
				throw error;
			}
		},
		async cancel() {
			finish();
			await events.return(undefined);
		},
	});
}
