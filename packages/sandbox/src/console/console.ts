import type { DatabaseSync } from 'node:sqlite';
import type { Agent } from '../agents.ts';
import type { CallbackOutbox } from '../callback-outbox.ts';
import type { Callbacks } from '../callbacks.ts';
import type { Executions } from '../executions.ts';
import type { FaultRegistry } from '../faults/registry.ts';
import type { Profile } from '../profile.ts';
import type { Sessions } from '../sessions.ts';
import type { Triggers } from '../triggers.ts';
import type { ZoneApp } from '../zone/zone-proxy.ts';
import type { Activity } from './activity.ts';

/** What the console shows and switches. */
export interface ConsoleDependencies {
	readonly database: DatabaseSync;
	readonly agents: readonly Agent[];
	readonly sessions: Sessions;
	readonly triggers: Triggers;
	readonly executions: Executions;
	readonly outbox: CallbackOutbox;
	readonly callbacks: Callbacks;
	readonly faults: FaultRegistry;
	readonly profile: Profile;
	readonly activity: Activity;
	readonly zoneApps: readonly ZoneApp[];
}

export function agentName(agents: readonly Agent[], id: string): string {
	return agents.find(agent => agent.id === id)?.name ?? 'an agent that is not there any more';
}
