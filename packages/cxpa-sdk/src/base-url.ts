/**
 * The platform's origin, with a path below which it is mounted, if any; without a slash at the end.
 * @throws {TypeError} when it is no such URL, before anything is sent.
 */
export function checkedBaseUrl(value: unknown): string {
	if (typeof value !== 'string' || value === '') {
		throw new TypeError('baseUrl is missing: set it to the origin of the platform (PLATFORM_API_BASE_URL).');
	}
	let url: URL;
	try {
		url = new URL(value);
	} catch {
		throw new TypeError('baseUrl has to be a URL such as https://platform.example.com.');
	}
	if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
		throw new TypeError('baseUrl has to be an http or https URL without a user name or a password.');
	}
	// A lone `?` or `#` leaves `search` and `hash` empty, and would still swallow the path that follows.
	if (/[?#]/.test(value)) throw new TypeError('baseUrl has to be a URL without a query or a fragment.');
	return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
