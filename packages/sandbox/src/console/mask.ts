/**
 * Replaces the secrets in a text by what tells them apart: a public prefix and the last four characters. The pages
 * stay open on shared screens, and what is copied from them goes into tickets.
 */
export function masked(text: string): string {
	return text
		.replace(KEY, (_, prefix: string, secret: string) => `${prefix}…${ending(secret)}`)
		.replace(NAMED, (_, name: string, secret: string) => `${name}…${ending(secret)}`);
}

/** The value of a header, with what only its name shows to be a secret. */
export function maskedHeader(name: string, value: string): string {
	const known = masked(value);
	if (known !== value || !SECRET_HEADERS.has(name.toLowerCase())) return known;
	const [, scheme = '', secret = ''] = /^([A-Za-z]+ +)?(.*)$/s.exec(value) ?? [];
	return `${scheme}…${ending(secret)}`;
}

const KEY = /\b(zhn_(?:live|test|dev)_|whs_|whsec_)([\w+/=-]*)/g;
const NAMED = /\b((?:zihin_token|token|api_?key|secret|signature)=)([^&\s"'\\]+)/gi;
const SECRET_HEADERS = new Set(['x-api-key', 'authorization', 'proxy-authorization', 'cookie', 'set-cookie']);

/** Of a short secret, four characters would be too much of it. */
function ending(secret: string): string {
	return secret.length >= 12 ? secret.slice(-4) : '';
}
