import { createHmac } from 'node:crypto';

/**
 * The headers that make a callback verifiable. How the platform signs is not public; these are Standard
 * Webhooks, with the whole `whs_…` secret as the key, and the bare digest that signed triggers also take.
 */
export function signatureHeaders(secret: string, id: string, timestamp: number, body: string) {
	const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
	return {
		'webhook-id': id,
		'webhook-timestamp': String(timestamp),
		'webhook-signature': `v1,${signature}`,
		'X-Webhook-Signature': bodyDigest(secret, body),
	};
}

/** Lower-case hex HMAC-SHA256 over the exact bytes of a body. */
export function bodyDigest(secret: string, body: string | Uint8Array): string {
	return createHmac('sha256', secret).update(body).digest('hex');
}
