import { createHash } from 'node:crypto';
import type { Agent } from '../agents.ts';
import { ZoneSecrets } from './zone-secrets.ts';

/** The one organisation of the sandbox, and who is in it. */
export const ORG = {
	id: '6f1d3a52-2b7e-4c1a-8e0d-5a9c4b7f2e10',
	slug: 'acme',
	members: {
		owner: {
			userId: '1c9a7e40-51b2-4d7c-9a3f-0e6b8d2f4a01',
			userName: 'Olga Owner',
			userEmail: 'olga@acme.example',
		},
		member: {
			userId: '1c9a7e40-51b2-4d7c-9a3f-0e6b8d2f4a02',
			userName: 'Max Member',
			userEmail: 'max@acme.example',
		},
		admin: {
			userId: '1c9a7e40-51b2-4d7c-9a3f-0e6b8d2f4a03',
			userName: null,
			userEmail: 'ada@platform.example',
		},
	},
} as const;

export type ZoneRole = keyof typeof ORG.members;

/** An agent of the sandbox, as the other platform knows it. None of it is a secret anywhere else. */
export interface Zone {
	readonly agent: Agent;
	/** Its place in the agents' file, from 1. */
	readonly agentId: number;
	readonly slug: string;
	readonly secrets: ZoneSecrets;
	readonly audience: string;
	readonly ingestApiKey: string;
	readonly agentApiKey: string;
	/** Signs what opens credentials. */
	readonly credentialsSecret: string;
}

/** What a zone app has to know, as the names of its environment. */
export function environmentOf({ secrets, audience, slug }: Zone, origin: string) {
	return {
		ZONE_JWT_SECRET: secrets.current,
		AUDIENCE_ID: audience,
		PLATFORM_API_BASE_URL: origin,
		PLATFORM_ORIGIN: origin,
		ZONE_ORG_SLUG: ORG.slug,
		ZONE_AGENT_SLUG: slug,
	};
}

export function zonesOf(agents: readonly Agent[]): readonly Zone[] {
	return agents.map((agent, index) => ({
		agent,
		agentId: index + 1,
		slug: slugOf(agent.name) || `agent-${index + 1}`,
		secrets: new ZoneSecrets(generation => {
			const purpose = generation === 1 ? 'zone' : `zone ${generation}`;
			return `sandbox_zone_secret_${derived(agent, purpose)}`;
		}),
		audience: `zone-${agent.id}`,
		ingestApiKey: `sandbox_ingest_${derived(agent, 'ingest')}`,
		agentApiKey: `sandbox_agent_${derived(agent, 'agent')}`,
		credentialsSecret: derived(agent, 'credentials'),
	}));
}

export function isMember(userId: string | undefined): userId is string {
	return Object.values(ORG.members).some(member => member.userId === userId);
}

function derived(agent: Agent, purpose: string): string {
	return createHash('sha256').update(`zihin-sandbox ${purpose} ${agent.id}`).digest('hex');
}

function slugOf(name: string): string {
	return name
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-|-$/g, '');
}
