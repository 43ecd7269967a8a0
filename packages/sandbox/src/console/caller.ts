import type { IncomingHttpHeaders } from 'node:http';

/** What sends requests, by what it calls itself. The first that fits counts: platforms carry the client inside. */
const CALLERS: readonly { readonly name: string; readonly sign: RegExp }[] = [
	{ name: 'n8n', sign: /\bn8n\b/i },
	{ name: 'Activepieces', sign: /\bactivepieces\b/i },
	{ name: 'Zapier', sign: /\bzapier\b/i },
	{ name: 'agent-client', sign: /\bzihin-agent-client\// },
	{ name: 'zihin-python', sign: /\bzihin-python\b/i },
	{ name: 'curl', sign: /^curl\// },
	{ name: 'Postman', sign: /^PostmanRuntime\// },
	{ name: 'axios', sign: /^axios\// },
	{ name: 'browser', sign: /^Mozilla\// },
	{ name: 'Node', sign: /^(?:node|undici)\b/ },
];

/** Who called, as far as the request tells. */
export function callerOf(url: string, headers: IncomingHttpHeaders): string {
	// The console's own pages ask for nothing else than this: the chat. Pages of zones have places of their own.
	if (headers['sec-fetch-site'] === 'same-origin' && url.startsWith('/api/')) return 'console';
	const agent = headers['user-agent'];
	if (agent === undefined) return 'unknown';
	const known = CALLERS.find(({ sign }) => sign.test(agent));
	return known?.name ?? agent.split(/[/\s]/, 1)[0]?.slice(0, 30) ?? 'unknown';
}
