import type { Agent } from '@zihin/agent-client/core';
import { INTEGER, nullable, object, TEXT } from './json-schema.ts';

/** An agent as the connectors show it. */
export interface AgentOutput {
	readonly id: string;
	readonly name: string;
	readonly commercialName: string | null;
	readonly type: string | null;
	readonly status: string | null;
	readonly toolsCount: number | null;
}

export const AGENT_SCHEMA = object<keyof AgentOutput>({
	id: TEXT,
	name: TEXT,
	commercialName: nullable(TEXT),
	type: nullable(TEXT),
	status: nullable(TEXT),
	toolsCount: nullable(INTEGER),
});

export const AGENT_SAMPLE: AgentOutput = {
	id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
	name: 'Sales Analyst',
	commercialName: 'Ana',
	type: 'assistant',
	status: 'published',
	toolsCount: 3,
};

export function agentOutput(agent: Agent): AgentOutput {
	return {
		id: agent.id,
		name: agent.name,
		commercialName: agent.commercialName ?? null,
		type: agent.type ?? null,
		status: agent.status ?? null,
		toolsCount: agent.toolsCount ?? null,
	};
}
