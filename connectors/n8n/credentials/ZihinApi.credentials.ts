import { CONNECTION_FIELDS, DEFAULT_BASE_URL } from '@zihin/connector-kit';
import type { IAuthenticateGeneric, ICredentialTestRequest, ICredentialType, Icon } from 'n8n-workflow';
import { toProperty } from '../nodes/shared/properties.ts';

const LOOPBACK = '/^https?:\\/\\/(localhost|127(\\.\\d+){3}|\\[::1\\])(:\\d+)?\\/?$/i';

/**
 * Where the test may send the key: n8n sends it itself here, outside the client and its whitelist. So the base
 * URL counts only where a switch opens it, and `Allow HTTP` opens this machine alone.
 */
const TEST_BASE_URL = `={{ ($credentials.allowCustomBaseUrl || ($credentials.allowHttp && ${LOOPBACK}.test($credentials.baseUrl))) && $credentials.baseUrl || "${DEFAULT_BASE_URL}" }}`;

/** The connection to Zihin. */
export class ZihinApi implements ICredentialType {
	name = 'zihinApi';
	displayName = 'Zihin API';
	documentationUrl = 'https://console.zihin.ai/settings/api-keys';
	icon: Icon = { light: 'file:../nodes/Zihin/zihin.svg', dark: 'file:../nodes/Zihin/zihin.dark.svg' };
	properties = Object.values(CONNECTION_FIELDS).map(field => toProperty(field));
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'X-Api-Key': '={{ $credentials.apiKey }}' } },
	};
	test: ICredentialTestRequest = { request: { baseURL: TEST_BASE_URL, url: '/api/v2/agents' } };
}
