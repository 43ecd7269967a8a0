import { type Agent, ZihinAgentError } from '@zihin/agent-client/core';
import { AGENT_SAMPLE, type AgentOutput, agentOutput } from './agent-output.ts';
import type { Field } from './fields.ts';
import { readRequiredText } from './inputs.ts';
import { BOOLEAN, INTEGER, nullable, object, TEXT } from './json-schema.ts';
import type { Operation } from './operation.ts';

const nameOrId: Field = {
	key: 'nameOrId',
	label: 'Name or ID',
	description: 'The whole name of the agent, in any letter case, or its ID.',
	kind: 'text',
	required: true,
	placeholder: 'e.g. Sales Analyst',
};

/** What *Find Agent* returns. That there is none is an answer, and no error: all but `found` is `null` then. */
export type FoundAgentOutput = { readonly found: boolean } & {
	readonly [Key in keyof AgentOutput]: AgentOutput[Key] | null;
};

const NONE: FoundAgentOutput = {
	found: false,
	id: null,
	name: null,
	commercialName: null,
	type: null,
	status: null,
	toolsCount: null,
};

export const findAgent: Operation<FoundAgentOutput> = {
	label: 'Find Agent',
	description: 'Finds an agent by its name or ID.',
	modelDescription:
		'Use it to get the ID of an agent whose name is known; found is false when there is none. It changes nothing.',
	fields: [nameOrId],
	sample: { found: true, ...AGENT_SAMPLE },
	outputSchema: object<keyof FoundAgentOutput>({
		found: BOOLEAN,
		id: nullable(TEXT),
		name: nullable(TEXT),
		commercialName: nullable(TEXT),
		type: nullable(TEXT),
		status: nullable(TEXT),
		toolsCount: nullable(INTEGER),
	}),
	run: async (inputs, { client, signal }) => {
		const wanted = readRequiredText(inputs, nameOrId);
		const agent = only(matching(await client.listAgents({ signal }), wanted), wanted);
		return agent === undefined ? NONE : { found: true, ...agentOutput(agent) };
	},
};

/** Of names, only whole ones: a similar agent would answer, and be billed, in place of the one that was meant. */
function matching(agents: readonly Agent[], wanted: string): readonly Agent[] {
	const byId = agents.filter(({ id }) => id === wanted.trim());
	const isCalled = (name: string | undefined) => name !== undefined && normal(name) === normal(wanted);
	return byId.length > 0
		? byId
		: agents.filter(({ name, commercialName }) => isCalled(name) || isCalled(commercialName));
}

/** @throws {ZihinAgentError} kind `config`, where the name is that of several */
function only(agents: readonly Agent[], wanted: string): Agent | undefined {
	if (agents.length < 2) return agents[0];
	throw new ZihinAgentError({
		kind: 'config',
		message: `${agents.length} agents are called ${wanted.trim()}: give the ID of one, ${agents.map(({ id }) => id).join(' or ')}.`,
	});
}

function normal(text: string): string {
	return text.trim().toLowerCase();
}
