import type { Trigger, ZihinClient } from '@zihin/agent-client/core';
import type { Choice, Field } from './fields.ts';
import { readText } from './inputs.ts';
import { limitField, readLimit } from './limit-field.ts';
import type { Operation } from './operation.ts';
import {
	TRIGGER_SAMPLE,
	TRIGGER_SCHEMA,
	type TriggerOutput,
	triggerOutput,
	withoutToken,
} from './trigger-output.ts';

const agentFilter: Field = {
	key: 'agentFilter',
	label: 'Agent ID',
	description: 'Keeps the triggers of this agent. Leave it empty for those of all agents.',
	kind: 'text',
	required: false,
};

export const listTriggers: Operation<readonly TriggerOutput[]> = {
	label: 'List Triggers',
	description: 'Lists the triggers of the account, newest first.',
	modelDescription: 'Use it to find the ID of a trigger by its name. It changes nothing.',
	fields: [agentFilter, limitField],
	sample: [TRIGGER_SAMPLE],
	outputSchema: TRIGGER_SCHEMA,
	run: async (inputs, { client, signal }) => {
		const agentId = readText(inputs, agentFilter);
		const limit = readLimit(inputs);
		const triggers = await client.listTriggers({ agentId, signal });
		return triggers.slice(0, limit).map(trigger => withoutToken(triggerOutput(trigger)));
	},
};

/** A run's own trigger takes no other run. */
const RUN_TRIGGER = /^zihin-run:/;

/**
 * The triggers to pick from, by name.
 * @param wanted keeps those whose name or ID contains it, in any letter case
 */
export async function triggerChoices(client: ZihinClient, wanted = ''): Promise<readonly Choice[]> {
	const text = wanted.trim().toLowerCase();
	return (await client.listTriggers())
		.filter(({ name, type }) => type === 'webhook' && !RUN_TRIGGER.test(name))
		.filter(({ name, triggerId }) => [name, triggerId].some(part => part.toLowerCase().includes(text)))
		.map(trigger => ({ value: trigger.triggerId, label: labelOf(trigger) }))
		.sort((a, b) => a.label.localeCompare(b.label, 'en'));
}

function labelOf({ name, enabled }: Trigger): string {
	return enabled ? name : `${name}, disabled`;
}
