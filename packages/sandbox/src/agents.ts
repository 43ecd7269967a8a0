import type { Engine } from './engine.ts';
import { WireError } from './error-envelope.ts';
import { SANDBOX_AGENT_ID } from './seed.ts';

export interface Agent {
	readonly id: string;
	readonly name: string;
	readonly commercialName: string;
	readonly bio: string;
	readonly type: string;
	readonly status: 'draft' | 'published' | 'archived';
	readonly tags: readonly string[];
	readonly toolsCount: number;
	readonly engine: Engine;
}

export function librarian(engine: Engine): Agent {
	return {
		id: SANDBOX_AGENT_ID,
		name: 'Librarian',
		commercialName: 'The Librarian',
		bio: 'Answers from a folder of Markdown files and names the file and line of each answer.',
		type: 'assistant',
		status: 'published',
		tags: ['sandbox', 'library'],
		toolsCount: 1,
		engine,
	};
}

/** 403, not 404: the platform does not tell a missing agent from another tenant's. */
export function agentById(agents: readonly Agent[], id: string): Agent {
	const agent = agents.find(candidate => candidate.id === id);
	if (agent) return agent;
	throw new WireError(403, 'AGENT_NOT_FOUND', 'There is no such agent for this key.', {
		details: { reason: 'AGENT_NOT_FOUND' },
	});
}
