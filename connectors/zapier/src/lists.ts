import type { ZihinClient } from '@zihin/agent-client';
import { agentChoices, type Choice, triggerChoices } from '@zihin/connector-kit';
import type { Trigger } from 'zapier-platform-core';
import { inZapierTerms } from './errors.ts';
import { clientFor } from './transport.ts';

/** What the editor loads of a list at once. */
const PAGE_SIZE = 100;

/** What fills the lists in a form. They read no input: in a form, mapped values are still `{{…}}`. */
export const lists = {
	agent_list: list('agent_list', 'Agent', agentChoices),
	trigger_list: list('trigger_list', 'Trigger', triggerChoices),
};

function list(
	key: string,
	noun: string,
	choices: (client: ZihinClient) => Promise<readonly Choice[]>,
): Trigger {
	return {
		key,
		noun,
		display: {
			label: `${noun} List`,
			description: `Triggers when a form needs the list of ${noun.toLowerCase()}s.`,
			hidden: true,
		},
		operation: {
			canPaginate: true,
			perform: (z, bundle) =>
				inZapierTerms(z, async () => {
					const start = bundle.meta.page * PAGE_SIZE;
					const page = (await choices(clientFor(z, bundle))).slice(start, start + PAGE_SIZE);
					return page.map(({ value, label }) => ({ id: value, name: label }));
				}),
		},
	};
}
