import type { Agent, ZihinClient } from '@zihin/agent-client/core';
import type { Choice, Field } from './fields.ts';
import { readText } from './inputs.ts';
import { INTEGER, nullable, object, TEXT } from './json-schema.ts';
import { limitField, readLimit } from './limit-field.ts';
import type { Operation } from './operation.ts';

/** An agent as the connectors show it. */
export interface AgentOutput {
	readonly id: string;
	readonly name: string;
	readonly commercialName: string | null;
	readonly type: string | null;
	readonly status: string | null;
	readonly toolsCount: number | null;
}

const search: Field = {
	key: 'search',
	label: 'Name or ID',
	description: 'Keeps the agents whose name or ID contains this text. Leave it empty for all agents.',
	kind: 'text',
	required: false,
	placeholder: 'e.g. Sales Analyst',
};

export const listAgents: Operation<readonly AgentOutput[]> = {
	label: 'List Agents',
	description: 'Lists the agents that the connection can use.',
	modelDescription: 'Use it to find the ID of an agent by its name. It changes nothing.',
	fields: [search, limitField],
	sample: [
		{
			id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
			name: 'Sales Analyst',
			commercialName: 'Ana',
			type: 'assistant',
			status: 'published',
			toolsCount: 3,
		},
	],
	outputSchema: object<keyof AgentOutput>({
		id: TEXT,
		name: TEXT,
		commercialName: nullable(TEXT),
		type: nullable(TEXT),
		status: nullable(TEXT),
		toolsCount: nullable(INTEGER),
	}),
	run: async (inputs, { client, signal }) => {
		const wanted = readText(inputs, search) ?? '';
		const limit = readLimit(inputs);
		const agents = matching(await client.listAgents({ signal }), wanted);
		// An agent that is named exactly so comes first: some platforms take the first one only.
		const isExact = (agent: Agent) => namesOf(agent).includes(normal(wanted));
		const ordered = [...agents.filter(isExact), ...agents.filter(agent => !isExact(agent))];
		return ordered.slice(0, limit).map(agentOutput);
	},
};

function agentOutput(agent: Agent): AgentOutput {
	return {
		id: agent.id,
		name: agent.name,
		commercialName: agent.commercialName ?? null,
		type: agent.type ?? null,
		status: agent.status ?? null,
		toolsCount: agent.toolsCount ?? null,
	};
}

/**
 * The agents to pick from, by name.
 * @param wanted keeps those whose name, commercial name or ID contains it, in any letter case
 */
export async function agentChoices(client: ZihinClient, wanted = ''): Promise<readonly Choice[]> {
	return matching(await client.listAgents(), wanted)
		.map(agent => ({ value: agent.id, label: labelOf(agent) }))
		.sort((a, b) => a.label.localeCompare(b.label, 'en'));
}

function matching(agents: readonly Agent[], wanted: string): readonly Agent[] {
	return agents.filter(agent => namesOf(agent).some(name => name.includes(normal(wanted))));
}

function namesOf({ id, name, commercialName = name }: Agent): readonly string[] {
	return [id, name, commercialName].map(normal);
}

function normal(text: string): string {
	return text.trim().toLowerCase();
}

function labelOf({ name, commercialName, status }: Agent): string {
	const both = commercialName === undefined || commercialName === name ? name : `${name} (${commercialName})`;
	return status === undefined || status === 'published' ? both : `${both}, ${status}`;
}
