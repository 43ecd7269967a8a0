import type { Sandbox } from '../../src/index.ts';

/** A page of the console as its text. */
export async function page(sandbox: Sandbox, path: string): Promise<string> {
	const answer = await fetch(sandbox.url + path);
	return answer.text();
}

/** The page of the newest request, once it is complete. */
export async function lastRequest(sandbox: Sandbox): Promise<string> {
	for (;;) {
		const [, path = ''] = /href="(\/console\/requests\/\d+)"/.exec(await page(sandbox, '/')) ?? [];
		const text = await page(sandbox, path);
		if (path !== '' && !text.includes('Under way.')) return text;
		await new Promise(resolve => setTimeout(resolve, 10));
	}
}

export interface News {
	readonly event: string;
	readonly id: string | undefined;
	readonly data: { readonly list: string; readonly html?: string };
}

/** What the console's pages are told, event by event. */
export async function* news(
	sandbox: Sandbox,
	lists: string,
	after: string,
	headers: Record<string, string> = {},
): AsyncGenerator<News> {
	const query = new URLSearchParams({ lists, after });
	const leave = new AbortController();
	const answer = await fetch(`${sandbox.url}/sandbox/api/events?${query}`, { headers, signal: leave.signal });
	let rest = '';
	try {
		for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
			const blocks = (rest + text).split('\n\n');
			rest = blocks.pop() ?? '';
			for (const block of blocks) {
				const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
				const data = field('data');
				if (data !== undefined)
					yield { event: field('event') ?? '', id: field('id'), data: JSON.parse(data) };
			}
		}
	} finally {
		leave.abort();
	}
}

/** The first of these that is what the test waits for. */
export async function first(events: AsyncGenerator<News>, isIt: (news: News) => boolean): Promise<News> {
	for await (const event of events) if (isIt(event)) return event;
	throw new Error('The feed ended.');
}

export function positionOf(html: string): string {
	return /data-position="([^"]+)"/.exec(html)?.[1] ?? '';
}
