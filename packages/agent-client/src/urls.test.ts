import { describe, expect, it } from 'vitest';
import { type CaseFile, FAKE_KEY, readCases } from '../test/cases.ts';
import { createClient } from './index.ts';
import { pathSegment, readBaseUrl, readCallbackUrl, readRequestPath } from './urls.ts';

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

const STRICT = { allowCustomBaseUrl: false, allowHttp: false };
const CUSTOM = { allowCustomBaseUrl: true, allowHttp: false };
const HTTP = { allowCustomBaseUrl: false, allowHttp: true };
const ANY = { allowCustomBaseUrl: true, allowHttp: true };

/** A host name of `length` characters, in labels as long as a label may be. */
const hostName = (length: number) => `${'a'.repeat(63)}.`.repeat(4).slice(0, length);

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
		expect(readBaseUrl('https://LLM.Zihin.AI:443/', STRICT)).toBe('https://llm.zihin.ai');
	});

	it('may name zihin.ai itself', () => {
		expect(readBaseUrl('https://zihin.ai', STRICT)).toBe('https://zihin.ai');
	});

	it('keeps its path prefix', () => {
		expect(readBaseUrl('https://proxy.corp.example/zihin/', CUSTOM)).toBe('https://proxy.corp.example/zihin');
	});

	it('may be 2048 characters long, and its host name 253', () => {
		const longest = `https://gw.corp.example/${'a'.repeat(2024)}`;
		expect(readBaseUrl(longest, CUSTOM)).toBe(longest);
		expect(() => readBaseUrl(`${longest}a`, CUSTOM)).toThrow('longer than 2048');
		const longestHost = `https://${hostName(253)}`;
		expect(readBaseUrl(longestHost, CUSTOM)).toBe(longestHost);
		expect(() => readBaseUrl(`https://${hostName(254)}`, CUSTOM)).toThrow('not a valid name');
	});

	it('may name a service with underscores, and only where it may be a local one without https', () => {
		const url = 'http://my_service.localhost:3000';
		expect(readBaseUrl(url, ANY)).toBe(url);
		expect(() => readBaseUrl(url, HTTP)).toThrow('not a valid name');
		expect(() => readBaseUrl('https://my_service.corp.example', CUSTOM)).toThrow('not a valid name');
	});

	it.each([
		['https://gw.corp.example//zihin', 'an empty segment'],
		['https://gw.corp.example/zihin/../admin', 'canonical'],
		['https://gw.corp.example/.', 'canonical'],
		['https://gw.corp.example/{tenant}"', 'canonical'],
		['https://gw.corp.example:0443', 'canonical'],
		['https://gw.corp.example:08443', 'canonical'],
		['http://localhost:80', 'canonical'],
		['https://1.2.3.256', 'not a URL'],
		['https://gw.corp.example:65536', 'not a URL'],
		['https://[1:2]', 'not a URL'],
		['https://-gw.corp.example', 'not a valid name'],
		['https://gw-.corp.example', 'not a valid name'],
		['https://gw..corp.example', 'not a valid name'],
		[`https://${'a'.repeat(64)}.corp.example`, 'not a valid name'],
	])('%s is refused although every host is allowed: %s', (url, reason) => {
		expect(() => readBaseUrl(url, ANY)).toThrow(reason);
	});

	it.each([1, 22, 25, 110, 389, 465, 587, 993, 2049, 6000, 6667, 10080])(
		'names no port that fetch itself blocks, such as %i',
		port => {
			expect(() => readBaseUrl(`https://gw.corp.example:${port}`, CUSTOM)).toThrow('its port');
		},
	);

	it.each([
		['', STRICT, 'it is empty'],
		['https://llm.zihin.ai ', STRICT, 'a space'],
		['llm.zihin.ai', STRICT, 'must be https://host'],
		['https://me@llm.zihin.ai', STRICT, 'no user name'],
		['view-source:https://llm.zihin.ai', STRICT, 'must be https://host'],
		['https://llm.zihin.ai?', STRICT, 'query'],
		['https://llm.zihin.ai/#x', STRICT, 'fragment'],
		['https://gw.corp.example', STRICT, 'allowCustomBaseUrl'],
		['http://localhost:3000', STRICT, 'allowHttp'],
		['https://localhost:3000', CUSTOM, 'allowHttp'],
		['http://gw.corp.example', CUSTOM, 'allowHttp'],
		['http://llm.zihin.ai', HTTP, 'allowCustomBaseUrl'],
		['https://169.254.169.254', ANY, 'metadata'],
	])('%j is refused with %j by a message that says why or what to allow: %s', (url, policy, advice) => {
		expect(() => readBaseUrl(url, policy)).toThrow(/^baseUrl was refused: /);
		expect(() => readBaseUrl(url, policy)).toThrow(advice);
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
		expect(readCallbackUrl(url, STRICT)).toBe(url);
	});

	it('may name a service with underscores during development only', () => {
		expect(readCallbackUrl('http://my_n8n:5678/h', HTTP)).toBe('http://my_n8n:5678/h');
		expect(() => readCallbackUrl('https://my_n8n.example/h', STRICT)).toThrow('not a valid name');
		for (const host of ['-n8n', 'n8n-', 'a'.repeat(64)]) {
			expect(() => readCallbackUrl(`http://${host}:5678/h`, HTTP)).toThrow('not a valid name');
		}
	});

	it.each([
		['', STRICT, 'it is empty'],
		['https://my.example/a b', STRICT, 'a space'],
		['https://my.example/a\nb', STRICT, 'a control character'],
		['https://my.example/a\\b', STRICT, 'a backslash'],
		['https://my.example/caf\u00e9', STRICT, 'outside ASCII'],
		['https://my.example/\u00e9t\u00e9/b', STRICT, 'outside ASCII'],
		['http:https://https', HTTP, 'must be https://host'],
		['https://me@my.example/h', STRICT, 'no user name'],
		['https://my.example/h#f', STRICT, 'fragment'],
		['http://my.example/h', HTTP, 'https://'],
		['https://10.0.0.5/h', CUSTOM, 'public https:// URL'],
		['https://169.254.169.254/h', HTTP, 'metadata'],
	])('%j is refused with %j by a message that says why or what to use: %s', (url, policy, advice) => {
		expect(() => readCallbackUrl(url, policy)).toThrow(/^callbackUrl was refused: /);
		expect(() => readCallbackUrl(url, policy)).toThrow(advice);
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
			expect(() => pathSegment(id, 'agentId')).toThrow(
				expect.objectContaining({ kind: 'config', message: expect.stringContaining('agentId') }),
			);
		},
	);
});

describe('a path of the API', () => {
	const base = readBaseUrl('https://llm.zihin.ai/zihin', { allowCustomBaseUrl: false, allowHttp: false });

	it.each([
		'/',
		'/api/x',
		'/api/x?y=%22z%22',
		'/api/x?to=https://a//b',
		`/${'x'.repeat(2048 - base.length - 1)}`,
	])('%j is taken as it stands', path => {
		expect(readRequestPath(path, base)).toBe(path);
	});

	it.each([
		[
			'it must begin with one slash',
			['api/x', '', '//evil.example', 'x/api', '@evil.example/', undefined, 7, ['/x']],
		],
		['the URL is longer than 2048 characters', [`/${'x'.repeat(2048 - base.length)}`]],
		[
			'it is not in canonical form: percent-encode it, without dot segments or a fragment',
			['/api//x', '/../x', '/api/%2e/x', '/a b', '/é', '/x#', '/x#y', '/\\evil.example'],
		],
	])('is refused because %s', (reason, paths) => {
		for (const path of paths) {
			expect(() => readRequestPath(path, base)).toThrow(
				expect.objectContaining({ kind: 'config', message: `path was refused: ${reason}.` }),
			);
		}
	});
});
