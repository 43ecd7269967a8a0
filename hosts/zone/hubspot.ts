import { createServer } from 'node:http';
import { listening } from './ports.ts';

/** Stands in for HubSpot: whoever has a token gets two contacts. */
export interface HubspotStandIn extends AsyncDisposable {
	readonly url: string;
	/** What it was asked with. */
	readonly authorizations: readonly (string | undefined)[];
}

const CONTACTS = {
	results: [
		{ id: '1', properties: { email: 'berta@customer.example' } },
		{ id: '2', properties: { email: 'carlo@customer.example' } },
	],
};

export async function startHubspot(): Promise<HubspotStandIn> {
	const authorizations: (string | undefined)[] = [];
	const server = createServer((request, response) => {
		const { authorization } = request.headers;
		authorizations.push(authorization);
		response.writeHead(authorization === undefined ? 401 : 200, { 'content-type': 'application/json' });
		response.end(JSON.stringify(CONTACTS));
	});
	const url = await listening(server);
	return {
		url,
		authorizations,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			server.close();
		},
	};
}
