import type { Trigger, TriggerMode } from '@zihin/agent-client/core';
import { BOOLEAN, nullable, object, TEXT } from './json-schema.ts';

/** A trigger as the connectors show it. Its secret is left out: outputs are kept in run logs. */
export interface TriggerOutput {
	/** The trigger's id again, under the name that platforms look for. */
	readonly id: string;
	readonly triggerId: string;
	readonly agentId: string | null;
	readonly name: string;
	readonly mode: TriggerMode;
	readonly callbackUrl: string | null;
	readonly enabled: boolean;
	readonly webhookUrl: string;
}

export const TRIGGER_SCHEMA = object<keyof TriggerOutput>({
	id: TEXT,
	triggerId: TEXT,
	agentId: nullable(TEXT),
	name: TEXT,
	mode: TEXT,
	callbackUrl: nullable(TEXT),
	enabled: BOOLEAN,
	webhookUrl: TEXT,
});

export const TRIGGER_SAMPLE: TriggerOutput = {
	id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
	triggerId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
	agentId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
	name: 'Order desk',
	mode: 'async',
	callbackUrl: null,
	enabled: true,
	webhookUrl: 'https://llm.zihin.ai/api/triggers/webhook/7c9e6679-7425-40de-944b-e07fc1f90ae7',
};

export function triggerOutput(trigger: Trigger): TriggerOutput {
	return {
		id: trigger.triggerId,
		triggerId: trigger.triggerId,
		agentId: trigger.agentId ?? null,
		name: trigger.name,
		mode: trigger.mode,
		callbackUrl: trigger.callbackUrl ?? null,
		enabled: trigger.enabled,
		webhookUrl: trigger.webhookUrl,
	};
}

/** The query of a callback URL may hold a token, and outputs are kept in run logs. */
export function withoutToken(trigger: TriggerOutput): TriggerOutput {
	return { ...trigger, callbackUrl: trigger.callbackUrl?.replace(/\?.*/, '') ?? null };
}
