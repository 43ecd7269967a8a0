import { z } from 'zod';
import { WireError } from '../error-envelope.ts';
import { assumed, documented } from '../wire-marks.ts';

const extras = documented(z.record(z.string(), z.unknown()));

export const Credential = z
	.discriminatedUnion('type', [
		z.object({ type: documented(z.literal('api_key')), value: documented(z.string()), extras }),
		z.object({
			type: documented(z.literal('basic_auth')),
			username: documented(z.string()),
			password: documented(z.string()),
			extras,
		}),
		z.object({ type: documented(z.literal('oauth')), access_token: documented(z.string()), extras }),
	])
	.meta({ id: 'Credential' });

type Credential = z.infer<typeof Credential>;

/** What every agent of the sandbox is connected with, by the slug of the integration. None of it opens anything. */
const CONNECTED: Readonly<Record<string, Credential | 'refused'>> = {
	stripe: { type: 'api_key', value: 'sandbox_stripe_key', extras: { account: 'acct_sandbox' } },
	smtp: {
		type: 'basic_auth',
		username: 'mailer',
		password: 'sandbox_smtp_password',
		extras: { host: 'smtp.acme.example' },
	},
	hubspot: {
		type: 'oauth',
		access_token: 'sandbox_hubspot_token',
		extras: { token_type: 'bearer', scope: 'crm.objects.contacts.read', portal_id: 1234567 },
	},
	salesforce: 'refused',
};

export const ConnectionPath = z.object({
	connectionId: documented(z.string()).describe('`conn_` and the slug of the integration.'),
});
export const IntegrationKey = assumed(z.string()).describe(
	`The integration's slug: ${Object.keys(CONNECTED).join(', ')}.`,
);

/** @throws {WireError} 404 for what is not connected, 502 where the provider refuses. */
export function credentialOf(integrationKey: string): Credential {
	const found = Object.hasOwn(CONNECTED, integrationKey) ? CONNECTED[integrationKey] : undefined;
	if (!found) throw new WireError(404, 'NOT_FOUND', 'This integration is not connected.');
	if (found === 'refused') {
		throw new WireError(502, 'PROVIDER_ERROR', 'The provider refused to renew the access: connect it again.');
	}
	return found;
}

export function integrationOf(connectionId: string): string {
	return /^conn_(.+)$/.exec(connectionId)?.[1] ?? '';
}
