import type { WebCrypto } from '@zihin/agent-client/callbacks';
import { type CallOptions, ZihinAgentError, type ZihinClient } from '@zihin/agent-client/core';

/** The trigger that a workflow owns, so that runs which are sent to it start the workflow. Plain JSON: store it. */
export interface Subscription {
	readonly triggerId: string;
	readonly agentId: string;
	/** Where results are announced, with the token in it. */
	readonly callbackUrl: string;
	/** What each callback must bring as `zihin_token`. */
	readonly callbackToken: string;
	/** Only where the platform has shown it: when the trigger was made. */
	readonly webhookSecret?: string;
}

/** Whose trigger it is to be. */
export interface Subscriber {
	/** Part of the trigger's name, such as `n8n`. */
	readonly platform: string;
	readonly agentId: string;
	/** Where the platform listens for this workflow and for no other. */
	readonly url: string;
}

/**
 * Gives a workflow its trigger. Its name is a hash of the URL, so what an earlier, lost subscription has left is
 * taken over, with a token of its own.
 * @throws {ZihinAgentError} kind `config` where the platform cannot reach the URL
 */
export async function subscribe(
	crypto: WebCrypto,
	client: ZihinClient,
	{ platform, agentId, url }: Subscriber,
	options: CallOptions = {},
): Promise<Subscription> {
	const callbackToken = hex(crypto.getRandomValues(new Uint8Array(16)));
	const callbackUrl = withToken(url, callbackToken);
	const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(url));
	const { triggerId, webhookSecret } = await client.findOrCreateTrigger({
		...options,
		agentId,
		name: `zihin-${platform}:${hex(new Uint8Array(hash, 0, 16))}`,
		mode: 'async',
		callbackUrl,
		onMismatch: 'update',
	});
	const known = webhookSecret === undefined ? {} : { webhookSecret };
	return { triggerId, agentId, callbackUrl, callbackToken, ...known };
}

/** Whether a stored subscription is still what the platform has and what the workflow wants. */
export async function isSubscribed(
	client: ZihinClient,
	subscription: Subscription,
	{ agentId, url }: Subscriber,
): Promise<boolean> {
	const { triggerId, callbackUrl, callbackToken } = subscription;
	if (subscription.agentId !== agentId || callbackUrl !== withToken(url, callbackToken)) return false;
	try {
		const trigger = await client.getTrigger({ triggerId });
		return trigger.enabled && trigger.callbackUrl === callbackUrl;
	} catch (cause) {
		if (ZihinAgentError.is(cause) && cause.kind === 'not_found') return false;
		throw cause;
	}
}

/** Takes the trigger away. A key that may not delete closes it instead; one that is gone already is no failure. */
export async function unsubscribe(client: ZihinClient, triggerId: string): Promise<void> {
	try {
		await client.deleteTrigger({ triggerId });
	} catch (cause) {
		if (!ZihinAgentError.is(cause)) throw cause;
		if (cause.kind === 'not_found') return;
		if (cause.kind !== 'auth') throw cause;
		await client.disableTrigger({ triggerId });
	}
}

function withToken(url: string, token: string): string {
	return `${url}${url.includes('?') ? '&' : '?'}zihin_token=${token}`;
}

function hex(bytes: Uint8Array): string {
	return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
