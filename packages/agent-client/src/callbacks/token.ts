/** The name of our token in a callback URL's query. */
export const CALLBACK_TOKEN = 'zihin_token';

const IN_URL = new RegExp(`[?&]${CALLBACK_TOKEN}=([^&]*)`);

/** The callback URL with a token. As a text: a URL parser might write the rest in another way. */
export function withCallbackToken(url: string, token: string): string {
	return `${url}${url.includes('?') ? '&' : '?'}${CALLBACK_TOKEN}=${token}`;
}

export function callbackTokenOf(url: string): string | undefined {
	return IN_URL.exec(url)?.[1];
}

/** Where the URL leads, whatever its token. */
export function withoutCallbackToken(url: string): string {
	return url.replace(IN_URL, '');
}
