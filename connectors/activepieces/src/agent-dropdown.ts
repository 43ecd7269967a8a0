import { type DropdownState, Property } from '@activepieces/pieces-framework';
import { agentChoices, type Field } from '@zihin/connector-kit';
import { auth } from './auth.ts';
import { clientFor } from './client.ts';
import { connectionAdvice } from './errors.ts';
import { commonOf } from './fields.ts';

/** A list of the agents, asked for anew with each search. What goes wrong is told where the list would be. */
export function agentDropdown(field: Field) {
	return Property.Dropdown<string, boolean, typeof auth>({
		...commonOf(field),
		auth,
		refreshers: [],
		refreshOnSearch: true,
		options: async ({ auth: connection }, { searchValue }) => {
			if (connection === undefined) return disabled('Connect your Zihin account first.');
			try {
				const choices = await agentChoices(clientFor(connection.props), searchValue);
				return { options: choices.map(({ label, value }) => ({ label, value })) };
			} catch (error) {
				return disabled(connectionAdvice(error));
			}
		},
	});
}

function disabled(placeholder: string): DropdownState<string> {
	return { disabled: true, placeholder, options: [] };
}
