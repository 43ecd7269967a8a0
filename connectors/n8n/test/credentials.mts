import type {
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	ICredentialType,
	INode,
	Workflow,
} from 'n8n-workflow';

/** n8n's credential store with one credential in it, which is applied as its type declares. */
export function credentialsOf(
	type: ICredentialType,
	data: ICredentialDataDecryptedObject,
): ICredentialsHelper {
	const unsupported = () => Promise.reject(new Error('This host stores no credentials.'));
	return {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		authenticate: async (credentials, _type, options, workflow, node) => {
			if (workflow === undefined || node === undefined)
				throw new Error('Nothing to resolve expressions with.');
			const declared = declaredHeaders(type, credentials, workflow, node);
			if (!('url' in options)) throw new Error('The request has no URL.');
			return { ...options, headers: { ...options.headers, ...declared } };
		},
		preAuthentication: async () => undefined,
		runPreAuthentication: async () => undefined,
		getCredentials: unsupported,
		getDecrypted: async () => data,
		updateCredentials: unsupported,
		updateCredentialsOauthTokenData: unsupported,
		getCredentialsProperties: () => type.properties,
	};
}

function declaredHeaders(
	{ authenticate }: ICredentialType,
	credentials: ICredentialDataDecryptedObject,
	workflow: Workflow,
	node: INode,
): Record<string, string> {
	if (authenticate === undefined || typeof authenticate === 'function')
		throw new Error('No declared headers.');
	const resolve = (value: unknown) =>
		String(
			workflow.expression.getSimpleParameterValue(node, String(value), 'internal', {
				$credentials: credentials,
			}),
		);
	const headers = Object.entries(authenticate.properties.headers ?? {});
	return Object.fromEntries(headers.map(([name, value]) => [name, resolve(value)]));
}
