import { randomUUID } from 'node:crypto';

/** Who owns an n8n that is started here. */
export const OWNER = { email: 'owner@example.com', password: 'Zihin-sandbox-1' };

/** What the editor's page does: calls with the session of a user who has logged in. */
export interface EditorSession {
	get<T>(path: string): Promise<T>;
	post<T>(path: string, body?: object): Promise<T>;
}

/** Sets the owner up, as the first visitor of a new n8n does. */
export function becomeOwner(url: string): Promise<EditorSession> {
	return openSession(url, 'owner/setup', { ...OWNER, firstName: 'Sandbox', lastName: 'Owner' });
}

/** @param path of the call that opens it, and returns its cookie */
export async function openSession(url: string, path: string, body: object): Promise<EditorSession> {
	const headers = new Headers({
		'Content-Type': 'application/json',
		// Which browser, and which of its tabs.
		'browser-id': randomUUID(),
		'push-ref': randomUUID(),
	});
	const call = async (method: string, to: string, sent?: object) => {
		const answer = await fetch(`${url}/rest/${to}`, {
			method,
			headers,
			...(sent && { body: JSON.stringify(sent) }),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${text}`);
		const cookies = answer.headers.getSetCookie().map(cookie => cookie.split(';')[0]);
		if (cookies.length > 0) headers.set('Cookie', cookies.join('; '));
		return text === '' ? undefined : JSON.parse(text).data;
	};
	await call('POST', path, body);
	return {
		get: to => call('GET', to),
		post: (to, sent = {}) => call('POST', to, sent),
	};
}
