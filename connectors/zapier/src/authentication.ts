import {
	API_KEYS_URL,
	CONNECTION_FIELDS,
	DEFAULT_BASE_URL,
	type Field,
	readConnection,
} from '@zihin/connector-kit';
import type { Authentication, AuthField, Bundle, ZObject } from 'zapier-platform-core';
import { connectionError } from './errors.ts';
import { toField } from './fields.ts';
import { clientFor } from './transport.ts';

export const authentication: Authentication = {
	type: 'custom',
	customConfig: {},
	fields: Object.values(CONNECTION_FIELDS).map(toAuthField),
	test: testConnection,
	connectionLabel,
};

function toAuthField(field: Field): AuthField {
	return field.kind === 'secret'
		? { ...toField(field), helpText: `${field.description} [Open your API keys](${API_KEYS_URL}).` }
		: { ...toField(field), isNoSecret: true };
}

async function testConnection(z: ZObject, bundle: Bundle) {
	try {
		const agents = await clientFor(z, bundle).listAgents();
		const { apiKey = '', baseUrl = DEFAULT_BASE_URL } = readConnection(bundle.authData);
		const [, keyType = ''] = apiKey.split('_');
		return { host: new URL(baseUrl).host, keyType, agentCount: agents.length };
	} catch (error) {
		throw connectionError(z, error);
	}
}

/** Zapier puts what the test returned into `inputData`. */
async function connectionLabel(_z: ZObject, { inputData }: Bundle): Promise<string> {
	const { host, keyType, agentCount } = inputData;
	return `${host}, ${keyType} key, ${agentCount} ${agentCount === 1 ? 'agent' : 'agents'}`;
}
