export interface Contact {
	readonly id: string;
	readonly email: string;
}

interface ContactPage {
	readonly results: readonly { readonly id: string; readonly properties: { readonly email?: string } }[];
}

/** HubSpot itself, unless the environment names something that stands in for it. */
export async function contactsOf(accessToken: string): Promise<Contact[]> {
	const api = process.env.HUBSPOT_API_URL ?? 'https://api.hubapi.com';
	const answer = await fetch(`${api}/crm/v3/objects/contacts?limit=5`, {
		headers: { authorization: `Bearer ${accessToken}` },
		cache: 'no-store',
	});
	if (!answer.ok) throw new Error(`HubSpot answered ${answer.status}.`);
	const { results }: ContactPage = await answer.json();
	return results.map(({ id, properties }) => ({ id, email: properties.email ?? 'no e-mail address' }));
}
