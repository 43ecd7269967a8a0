import type { Engine } from './engine.ts';
import { WireError } from './error-envelope.ts';

export const AGENT_TYPES = ['assistant', 'chatbot', 'workflow', 'classifier', 'orchestrator'] as const;
export const AGENT_STATUSES = ['draft', 'published', 'archived'] as const;

export interface Agent {
	readonly id: string;
	readonly name: string;
	readonly commercialName: string;
	readonly bio: string;
	readonly type: (typeof AGENT_TYPES)[number];
	readonly status: (typeof AGENT_STATUSES)[number];
	readonly tags: readonly string[];
	readonly toolsCount: number;
	readonly engine: Engine;
}

/** 403, not 404: the platform does not tell a missing agent from another tenant's. */
export function agentById(agents: readonly Agent[], id: string): Agent {
	const agent = agents.find(candidate => candidate.id === id);
	if (agent) return agent;
	throw new WireError(403, 'AGENT_NOT_FOUND', 'There is no such agent for this key.', {
		details: { reason: 'AGENT_NOT_FOUND' },
	});
}
