import { vi } from 'vitest';
import { createClient, type FetchInit } from '../src/index.ts';
import { FAKE_KEY } from './cases.ts';

interface StoredTrigger {
	readonly id: string;
	readonly agent_id: string;
	readonly name: string;
	readonly trigger_type: string;
	enabled: boolean;
	readonly created_at: string;
	trigger_config: { execution?: unknown; [key: string]: unknown };
}

/** The platform's triggers, in memory: newest first, two a page. */
export function platform(seed: readonly Partial<StoredTrigger>[] = []) {
	const stored: StoredTrigger[] = seed.map((trigger, index) => ({
		id: `t${index + 1}`,
		agent_id: 'a1',
		name: 'Integration X',
		trigger_type: 'webhook',
		enabled: true,
		created_at: `2026-01-0${index + 1}T00:00:00Z`,
		trigger_config: { execution: { mode: 'sync' } },
		...trigger,
	}));
	const fetch = vi.fn(async (url: string, { method, body }: FetchInit): Promise<Response> => {
		const { pathname, searchParams } = new URL(url);
		const id = /^\/api\/triggers\/([^/]+)$/.exec(pathname)?.[1];
		const found = stored.find(trigger => trigger.id === id);
		if (pathname === '/api/triggers' && method === 'GET') {
			const newestFirst = [...stored].reverse();
			const page = Number(searchParams.get('page') ?? 1);
			const pages = Math.ceil(stored.length / 2);
			const data = newestFirst.slice(page * 2 - 2, page * 2);
			return Response.json({ data, pagination: { page, limit: 2, total: stored.length, pages } });
		}
		if (pathname === '/api/triggers' && method === 'POST') {
			const created = {
				id: `new${stored.length}`,
				enabled: true,
				created_at: '2026-09-01',
				...JSON.parse(body ?? ''),
			};
			stored.push(created);
			const data = { ...created, webhook_secret: 'whs_abcdefghijkl' };
			return Response.json({ data, webhook_url: `https://elsewhere.example/${created.id}` }, { status: 201 });
		}
		if (found === undefined) return Response.json({ error: 'not_found', message: 'None.' }, { status: 404 });
		if (method === 'PATCH') Object.assign(found, JSON.parse(body ?? ''));
		if (method === 'DELETE') {
			stored.splice(stored.indexOf(found), 1);
			return new Response(null, { status: 204 });
		}
		return Response.json({ data: found });
	});
	const client = createClient({ apiKey: FAKE_KEY, fetch, sleep: async () => {} });
	const requests = () =>
		fetch.mock.calls.map(([url, { method }]) => `${method} ${new URL(url).pathname}${new URL(url).search}`);
	return { client, fetch, stored, requests };
}
