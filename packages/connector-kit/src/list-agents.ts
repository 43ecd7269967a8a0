import type { Agent, ZihinClient } from '@zihin/agent-client/core';
import { AGENT_SAMPLE, AGENT_SCHEMA, type AgentOutput, agentOutput } from './agent-output.ts';
import type { Choice, Field } from './fields.ts';
import { readText } from './inputs.ts';
import { limitField, readLimit } from './limit-field.ts';
import type { Operation } from './operation.ts';

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
	sample: [AGENT_SAMPLE],
	outputSchema: AGENT_SCHEMA,
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
