import { PieceAuth } from '@activepieces/pieces-framework';
import { API_KEYS_URL, CONNECTION_FIELDS } from '@zihin/connector-kit';
import { clientFor } from './client.ts';
import { connectionAdvice } from './errors.ts';
import { connectionProperty } from './fields.ts';

/** The connection: the key, and where it is sent. */
export const auth = PieceAuth.CustomAuth({
	displayName: 'Zihin Account',
	description: `1. Open [Settings, API Keys](${API_KEYS_URL}) in the Zihin console.\n2. Create a key and copy it.\n3. Paste it below.`,
	required: true,
	props: Object.fromEntries(
		Object.values(CONNECTION_FIELDS).map(field => [field.key, connectionProperty(field)]),
	),
	// Here, and only here, `auth` is the bare values: a step gets them as `auth.props`.
	validate: async ({ auth: values }) => {
		try {
			await clientFor(values).listAgents();
			return { valid: true };
		} catch (error) {
			return { valid: false, error: connectionAdvice(error) };
		}
	},
});
