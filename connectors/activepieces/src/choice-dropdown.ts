import { type DropdownState, Property } from '@activepieces/pieces-framework';
import type { ZihinClient } from '@zihin/agent-client';
import { agentChoices, type Choice, type Field, triggerChoices } from '@zihin/connector-kit';
import { auth } from './auth.ts';
import { clientFor } from './client.ts';
import { connectionAdvice } from './errors.ts';
import { commonOf } from './fields.ts';

type Choices = (client: ZihinClient, wanted?: string) => Promise<readonly Choice[]>;

const CHOICES: Partial<Record<Field['kind'], Choices>> = { agent: agentChoices, trigger: triggerChoices };

/** What there is to pick from for a field, if anything. */
export function choicesOf({ kind }: Field): Choices | undefined {
	return CHOICES[kind];
}

/** A list that is asked for anew with each search, all its pages. What goes wrong is told where it would be. */
export function choiceDropdown(field: Field, choices: Choices) {
	return Property.Dropdown<string, boolean, typeof auth>({
		...commonOf(field),
		auth,
		refreshers: [],
		refreshOnSearch: true,
		options: async ({ auth: connection }, { searchValue }) => {
			if (connection === undefined) return disabled('Connect your Zihin account first.');
			try {
				const found = await choices(clientFor(connection.props), searchValue);
				return { options: found.map(({ label, value }) => ({ label, value })) };
			} catch (error) {
				return disabled(connectionAdvice(error));
			}
		},
	});
}

function disabled(placeholder: string): DropdownState<string> {
	return { disabled: true, placeholder, options: [] };
}
