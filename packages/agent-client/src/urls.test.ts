import { describe, expect, it } from 'vitest';
import { type CaseFile, FAKE_KEY, readCases } from '../test/cases.ts';
import { createClient } from './index.ts';
import { pathSegment, readBaseUrl, readCallbackUrl } from './urls.ts';

interface UrlCase {
	readonly id: string;
	readonly target: 'base' | 'callback' | 'dispatch';
	readonly url?: string;
	readonly urlBuild?: {
		readonly prefix: string;
		readonly unit: string;
		readonly count: number;
		readonly suffix: string;
	};
	readonly allowCustomBaseUrl: boolean;
	readonly allowHttp: boolean;
	readonly expect: unknown;
	readonly why: string;
	readonly baseUrl?: string;
	readonly serverUrl?: string;
}

const { cases } = readCases<CaseFile<UrlCase>>('url-cases');

function urlOf({ url, urlBuild }: UrlCase): string {
	if (urlBuild === undefined) return url ?? '';
	return urlBuild.prefix + urlBuild.unit.repeat(urlBuild.count) + urlBuild.suffix;
}

function refusalOf(act: () => unknown) {
	try {
		act();
	} catch (error) {
		return error;
	}
	return undefined;
}

describe('a base URL', () => {
	const judged = cases.filter(({ target }) => target === 'base');

	it.each(judged)('$id is judged as $expect: $why', testCase => {
		const url = urlOf(testCase);
		const error = refusalOf(() => readBaseUrl(url, testCase));
		if (testCase.expect === 'accept') return expect(error).toBeUndefined();
		expect(error).toMatchObject({ name: 'ZihinAgentError', kind: 'config', effect: 'none' });
		// A short value such as "x" is part of any sentence.
		if (url.length > 8) expect(String(error)).not.toContain(url);
	});

	it.each(judged.filter(testCase => testCase.expect === 'accept'))(
		'$id keeps its origin, and ends without a slash',
		testCase => {
			const url = urlOf(testCase);
			const base = readBaseUrl(url, testCase);
			expect(new URL(base).origin).toBe(new URL(url).origin);
			expect(base.endsWith('/')).toBe(false);
		},
	);

	it.each(judged)('$id is judged alike by createClient, which sends nothing', testCase => {
		let requests = 0;
		const { allowCustomBaseUrl, allowHttp } = testCase;
		const fetch = async () => {
			requests++;
			return new Response();
		};
		const error = refusalOf(() =>
			createClient({ apiKey: FAKE_KEY, baseUrl: urlOf(testCase), allowCustomBaseUrl, allowHttp, fetch }),
		);
		expect(error === undefined).toBe(testCase.expect === 'accept');
		expect(requests).toBe(0);
	});

	it.each([123, {}, ['https://llm.zihin.ai'], null, true])('that is %j and no text is refused', value => {
		expect(() => readBaseUrl(value, { allowCustomBaseUrl: true, allowHttp: true })).toThrow('not a text');
	});

	it('may have upper-case letters in its host, an explicit port 443 and one trailing slash', () => {
		const strict = { allowCustomBaseUrl: false, allowHttp: false };
		expect(readBaseUrl('https://LLM.Zihin.AI:443/', strict)).toBe('https://llm.zihin.ai');
	});

	it('keeps its path prefix', () => {
		const custom = { allowCustomBaseUrl: true, allowHttp: false };
		expect(readBaseUrl('https://proxy.corp.example/zihin/', custom)).toBe('https://proxy.corp.example/zihin');
	});
});

describe('a callback URL', () => {
	const judged = cases.filter(({ target }) => target === 'callback');

	it.each(judged)('$id is judged as $expect: $why', testCase => {
		const url = urlOf(testCase);
		const error = refusalOf(() => readCallbackUrl(url, testCase));
		if (testCase.expect === 'accept') return expect(error).toBeUndefined();
		expect(error).toMatchObject({ name: 'ZihinAgentError', kind: 'config' });
		if (url.length > 8) expect(String(error)).not.toContain(url);
	});

	it('is passed on as it was written, its query included', () => {
		const url = 'https://n8n.example.com/webhook-waiting/7?zihin_token=a%2Bb&x=';
		expect(readCallbackUrl(url, { allowCustomBaseUrl: false, allowHttp: false })).toBe(url);
	});
});

describe('a dispatch', () => {
	const judged = cases.filter(({ target }) => target === 'dispatch');
	const TRIGGER_ID = '11111111-1111-4111-8111-111111111111';

	it.each(judged)('$id goes to the base URL although the server named another one', async testCase => {
		const { baseUrl, serverUrl, allowCustomBaseUrl, allowHttp } = testCase;
		const requested: string[] = [];
		const fetch = async (url: string) => {
			requested.push(url);
			if (url.includes('/webhook/')) return Response.json({ execution_id: 'e1' }, { status: 202 });
			const trigger = { id: TRIGGER_ID, agent_id: 'a1', name: 'n', trigger_type: 'webhook', enabled: true };
			return Response.json({ data: trigger, webhook_url: serverUrl }, { status: 201 });
		};
		const client = createClient({ apiKey: FAKE_KEY, baseUrl, allowCustomBaseUrl, allowHttp, fetch });
		const { triggerId } = await client.createTrigger({ agentId: 'a1', name: 'n' });
		await client.dispatchAgent({ triggerId, payload: { message: 'hi' } });
		expect(requested).toEqual([`${baseUrl}/api/triggers`, `${baseUrl}/api/triggers/webhook/${TRIGGER_ID}`]);
	});
});

describe('a path segment', () => {
	it.each([
		['a/b', 'a%2Fb'],
		['../../admin', '..%2F..%2Fadmin'],
		['a%2fb', 'a%252fb'],
		['...', '...'],
		['é b', '%C3%A9%20b'],
	])('made of %j is %j', (id, segment) => {
		expect(pathSegment(id, 'agentId')).toBe(segment);
	});

	it.each(['', '.', '..', 'a\0', 'a\nb', 'a\u0085b', '\ud800', 7, null, undefined, {}])(
		'is never made of %j',
		id => {
			expect(() => pathSegment(id, 'agentId')).toThrow(expect.objectContaining({ kind: 'config' }));
		},
	);
});
