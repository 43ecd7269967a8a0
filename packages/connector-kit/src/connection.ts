import type { ClientOptions } from '@zihin/agent-client/core';
import type { Field, Inputs } from './fields.ts';
import { readSwitch, readText } from './inputs.ts';

/** Where a user finds the API key. */
export const API_KEYS_URL = 'https://console.zihin.ai/settings/api-keys';
export const DEFAULT_BASE_URL = 'https://llm.zihin.ai';

const apiKey: Field = {
	key: 'apiKey',
	label: 'API Key',
	description:
		'Begins with zhn_live_ or zhn_test_. Create one in the Zihin console under Settings, API Keys.',
	kind: 'secret',
	required: true,
};

const baseUrl: Field = {
	key: 'baseUrl',
	label: 'Base URL',
	description: 'Leave it as it is, unless you have a private deployment.',
	kind: 'url',
	required: false,
	default: DEFAULT_BASE_URL,
};

const allowCustomBaseUrl: Field = {
	key: 'allowCustomBaseUrl',
	label: 'Allow Custom Base URL',
	description: 'Whether the base URL may lie outside zihin.ai. Your API key is sent to that host.',
	kind: 'boolean',
	required: false,
	default: false,
};

const allowHttp: Field = {
	key: 'allowHttp',
	label: 'Allow HTTP',
	description: 'Whether http and this machine are allowed. For development only.',
	kind: 'boolean',
	required: false,
	default: false,
};

/** The fields of a connection, in the order in which they are shown. */
export const CONNECTION_FIELDS = { apiKey, baseUrl, allowCustomBaseUrl, allowHttp } as const;

/** The client's options that a stored connection stands for. A blank base URL is the default one. */
export function readConnection(
	values: Inputs,
): Pick<ClientOptions, 'apiKey' | 'baseUrl' | 'allowCustomBaseUrl' | 'allowHttp'> {
	return {
		apiKey: readText(values, apiKey),
		baseUrl: readText(values, baseUrl),
		allowCustomBaseUrl: readSwitch(values, allowCustomBaseUrl),
		allowHttp: readSwitch(values, allowHttp),
	};
}
