import { isJsonObject } from './body.ts';
import { type HttpRequest, protocolError } from './http.ts';

/** The provider's own fields, with what an admin has added to the connection. */
export type CredentialExtras = Readonly<Record<string, unknown>>;

/** What opens a provider, in one of three shapes. */
export type Credential =
	| { readonly type: 'api_key'; readonly value: string; readonly extras: CredentialExtras }
	| {
			readonly type: 'basic_auth';
			readonly username: string;
			readonly password: string;
			readonly extras: CredentialExtras;
	  }
	| { readonly type: 'oauth'; readonly access_token: string; readonly extras: CredentialExtras };

export function credentialOf(answer: unknown, request: HttpRequest): Credential {
	const said = isJsonObject(answer) ? answer : {};
	const text = (name: string) => {
		const value = said[name];
		if (typeof value === 'string') return value;
		throw protocolError(`is a credential without its ${name}`, request);
	};
	const extras = isJsonObject(said.extras) ? said.extras : {};
	switch (said.type) {
		case 'api_key':
			return { ...said, type: 'api_key', value: text('value'), extras };
		case 'basic_auth':
			return {
				...said,
				type: 'basic_auth',
				username: text('username'),
				password: text('password'),
				extras,
			};
		case 'oauth':
			return { ...said, type: 'oauth', access_token: text('access_token'), extras };
		default:
			throw protocolError('is no credential of a known type', request);
	}
}
