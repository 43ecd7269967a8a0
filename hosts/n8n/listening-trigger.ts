import { callbackUrlOf, type Sandbox } from './sandboxes.ts';
import { until } from './until.ts';

/**
 * Waits until a published workflow takes the callbacks of its trigger. n8n publishes after it has answered, and
 * listens before it has written down what the node keeps.
 *
 * @returns where the callbacks go to
 */
export async function listeningUrlOf(sandbox: Sandbox, triggerId: string): Promise<URL> {
	const url = await callbackUrlOf(sandbox, triggerId);
	const withoutToken = new URL(url.pathname, url);
	await until('n8n takes the callbacks of the trigger', async () => {
		const { status } = await fetch(withoutToken, { method: 'POST', body: '{}' });
		return status === 401;
	});
	return url;
}
