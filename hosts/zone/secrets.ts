import type { Mounted } from './mounted.ts';

/** What of a zone's secrets a browser got, or was sent and did not read, in words: nothing of it may be there. */
export function secretsIn(got: string, { tokens, environment, said }: Mounted): string[] {
	const text = got + said();
	if (tokens.length === 0) throw new Error('No token has gone by: this proves nothing.');
	// Claims and signature: the head is the same for everybody.
	const isToken = tokens.some(token =>
		token
			.split('.')
			.slice(1)
			.some(part => text.includes(part)),
	);
	const found: Record<string, boolean> = {
		'a token': isToken || /eyJ[\w-]+\.[\w-]+/.test(text),
		'the secret of the tokens': text.includes(environment.ZONE_JWT_SECRET ?? ''),
		'a credential': text.includes('sandbox_hubspot_token'),
	};
	return Object.keys(found).filter(name => found[name]);
}
