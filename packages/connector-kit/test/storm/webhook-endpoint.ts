import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Callback, judge } from './callback.ts';
import type { StepRecords } from './step-record.ts';

/** A platform's webhook endpoint: it outlives the workers, and keeps what came for a step until the step has ended. */
export interface WebhookEndpoint extends AsyncDisposable {
	/** The id of the step follows. */
	readonly url: string;
	/** What has been taken so far, oldest first. */
	readonly taken: readonly Callback[];
}

export async function openWebhookEndpoint(
	records: StepRecords,
	wake: (callback: Callback) => void,
): Promise<WebhookEndpoint> {
	const taken: Callback[] = [];
	const usedUp = new Set<string>();

	/** The status that the caller is answered with. */
	async function receive(callback: Callback): Promise<number> {
		const { id } = callback;
		const record = records.get(id);
		const { wakes, wait, callbackToken, result } = record;
		if (result !== null) return 410;
		if (wakes === 'one-callback') {
			// Whoever comes first ends the platform's wait; the step judges it when it goes on.
			if (usedUp.has(id)) return 410;
			usedUp.add(id);
		} else {
			// Not asleep yet.
			if (callbackToken === null || !wait?.run) return 409;
			const { token } = await judge(callback, record);
			if (token === 'wrong') return 401;
			if (token === 'foreign') return 200;
		}
		taken.push(callback);
		wake(callback);
		return 200;
	}

	const server = createServer(async (request, response) => {
		const [path = '', query = ''] = (request.url ?? '').split('?');
		const rawBody = await text(request);
		const id = path.split('/').at(-1) ?? '';
		response.statusCode = await receive({ id, rawBody, headers: request.headers, query });
		response.end();
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The endpoint has no port.');
	return {
		url: `http://127.0.0.1:${address.port}/resume`,
		taken,
		[Symbol.asyncDispose]: async () => {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}
