const MARKER = '[redacted]';

/** Starts at a word's beginning only, so that a long run of them is looked at once. */
const JWT = /(?<![\w-])eyJ[\w-]*\.[\w-]+(?:\.[\w-]*)?/g;

/** Takes the secrets that a request carried, and whatever looks like a JSON Web Token, out of a server's words. */
export function redactorOf(secrets: readonly string[]): (text: string) => string {
	const forms = secrets.flatMap(secret => [secret, encodeURIComponent(secret)]);
	return text => {
		let clean = text;
		for (const form of forms) clean = clean.replaceAll(form, MARKER);
		return clean.replaceAll(JWT, MARKER);
	};
}
