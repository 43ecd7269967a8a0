'use client';

import { useActionState } from 'react';
import { listContacts } from '../lib/actions';
import { asked } from '../lib/asked';
import type { Contact } from '../lib/hubspot';
import { Failure } from './report-view';

interface Outcome {
	readonly contacts?: readonly Contact[];
	readonly error?: string;
}

export function Contacts() {
	const [{ contacts, error }, load, isPending] = useActionState(
		(): Promise<Outcome> => asked(listContacts()),
		{},
	);
	return (
		<section aria-labelledby="contacts">
			<h2 id="contacts">Contacts</h2>
			<form action={load}>
				<button type="submit" disabled={isPending}>
					Load from HubSpot
				</button>
			</form>
			{error !== undefined && <Failure>{error}</Failure>}
			{contacts && (
				<ul>
					{contacts.map(({ id, email }) => (
						<li key={id}>{email}</li>
					))}
				</ul>
			)}
		</section>
	);
}
