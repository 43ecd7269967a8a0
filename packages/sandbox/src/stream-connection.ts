import { setImmediate as nextTick } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';

/** What can be done to the socket under a stream. */
export interface StreamConnection {
	/** Breaks it off: orderly, or by a reset. What was written before still goes out. */
	breakOff(fate: 'cut' | 'reset'): Promise<void>;
	/** Resolves when the last byte is sent, or the caller has left. */
	readonly closed: Promise<void>;
	/** Aborted when the caller leaves before that. */
	readonly left: AbortSignal;
}

export function connectionOf({ incoming, outgoing }: HttpBindings): StreamConnection {
	const leaving = new AbortController();
	return {
		async breakOff(fate) {
			// The frame before is on its way through a few promises.
			await nextTick();
			if (fate === 'cut') incoming.socket.destroy();
			else incoming.socket.resetAndDestroy();
		},
		closed: new Promise(resolve => {
			outgoing.once('close', () => {
				if (!outgoing.writableFinished) leaving.abort('The caller has left.');
				resolve();
			});
		}),
		left: leaving.signal,
	};
}
