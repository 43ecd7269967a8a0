import { agentChoices, OPERATIONS } from '@zihin/connector-kit';
import type { Search, Trigger } from 'zapier-platform-core';
import { inZapierTerms } from './errors.ts';
import { toInputField } from './fields.ts';
import { LIMITS } from './limits.ts';
import { clientFor } from './transport.ts';

const { label, description, fields, run, sample } = OPERATIONS.listAgents;

/** What fills the list of agents in a form. It reads no input: in a form, mapped values are still `{{…}}`. */
export const agentList: Trigger = {
	key: 'agent_list',
	noun: 'Agent',
	display: {
		label: 'Agent List',
		description: 'Triggers when a form needs the list of agents.',
		hidden: true,
	},
	operation: {
		perform: (z, bundle) =>
			inZapierTerms(z, async () => {
				const choices = await agentChoices(clientFor(z, bundle));
				return choices.map(choice => ({ id: choice.value, name: choice.label }));
			}),
	},
};

export const listAgents: Search = {
	key: 'list_agents',
	noun: 'Agent',
	display: { label, description },
	operation: {
		inputFields: fields.map(toInputField),
		perform: (z, bundle) =>
			inZapierTerms(z, async () => [
				...(await run(bundle.inputData, { client: clientFor(z, bundle), limits: LIMITS })),
			]),
		sample: { ...sample[0] },
	},
};
