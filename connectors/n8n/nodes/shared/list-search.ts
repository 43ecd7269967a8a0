import { agentChoices, type Choice, triggerChoices } from '@zihin/connector-kit';
import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { clientFor } from './client.ts';
import { toNodeError } from './errors.ts';

export async function searchAgents(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return search(this, async () => agentChoices(await clientFor(this), filter));
}

export async function searchTriggers(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return search(this, async () => triggerChoices(await clientFor(this), filter));
}

async function search(
	context: ILoadOptionsFunctions,
	choices: () => Promise<readonly Choice[]>,
): Promise<INodeListSearchResult> {
	try {
		return { results: (await choices()).map(({ value, label }) => ({ name: label, value })) };
	} catch (cause) {
		throw toNodeError(context.getNode(), cause);
	}
}
