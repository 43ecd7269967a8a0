import { isSubscribed, type Subscriber, subscribe, unsubscribe } from '@zihin/connector-kit';
import type { IHookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { clientFor } from '../shared/client.ts';
import { toNodeError } from '../shared/errors.ts';
import { triggerData } from './static-data.ts';

export async function isThere(context: IHookFunctions): Promise<boolean> {
	const { subscription } = triggerData(context);
	if (subscription === undefined) return false;
	return inNodeTerms(context, async () =>
		isSubscribed(await clientFor(context), subscription, subscriberOf(context)),
	);
}

export async function create(context: IHookFunctions): Promise<void> {
	triggerData(context).subscription = await inNodeTerms(context, async () =>
		subscribe(crypto, await clientFor(context), subscriberOf(context)),
	);
}

export async function remove(context: IHookFunctions): Promise<void> {
	const data = triggerData(context);
	const { subscription } = data;
	if (subscription === undefined) return;
	await inNodeTerms(context, async () => unsubscribe(await clientFor(context), subscription.triggerId));
	delete data.subscription;
}

/** Test and production listen at different URLs, so each has a trigger of its own. */
function subscriberOf(context: IHookFunctions): Subscriber {
	const url = context.getNodeWebhookUrl('default');
	if (url === undefined) throw new NodeOperationError(context.getNode(), 'The node has no webhook URL.');
	const agentId = context.getNodeParameter('agentId', '', { extractValue: true });
	return { platform: 'n8n', agentId: String(agentId), url };
}

async function inNodeTerms<T>(context: IHookFunctions, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		throw toNodeError(context.getNode(), cause);
	}
}
