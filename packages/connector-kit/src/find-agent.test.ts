import { createClient } from '@zihin/agent-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerJson, type StubServer, startStubServer } from '../testing/stub-server.ts';
import { findAgent } from './find-agent.ts';

const AGENTS = [
	{ id: 'a-1', name: 'Sales Analyst', commercial_name: 'Ana' },
	{ id: 'a-2', name: 'Sales Analyst of last year' },
	{ id: 'a-3', name: 'Desk' },
	{ id: 'a-4', name: 'Orders', commercial_name: 'Desk' },
	{ id: 'a-5', name: 'a-3' },
];

describe('an agent', () => {
	let server: StubServer;
	beforeAll(async () => {
		server = await startStubServer(response => answerJson(response, 200, { data: AGENTS }));
	});
	afterAll(() => server.close());

	function find(nameOrId: string) {
		const client = createClient({
			apiKey: 'zhn_test_0123456789abcdef',
			baseUrl: server.url,
			allowHttp: true,
		});
		const limits = { defaultTimeoutSeconds: 5, longestTimeoutSeconds: 5, longRunAdvice: '' };
		return findAgent.run({ nameOrId }, { client, limits });
	}

	it.each([
		['its name, in any letter case', ' sales analyst ', 'a-1'],
		['its commercial name', 'ana', 'a-1'],
		['its ID, even if another is called so', 'a-3', 'a-3'],
	])('is found by %s', async (_what, wanted, id) => {
		expect(await find(wanted)).toMatchObject({ found: true, id });
	});

	it.each(['Sales', 'sales analyst of', 'a-'])('is not found by a part of its name: %s', async wanted => {
		expect(await find(wanted)).toEqual({
			found: false,
			id: null,
			name: null,
			commercialName: null,
			type: null,
			status: null,
			toolsCount: null,
		});
	});

	it('that shares its name with another is not guessed at', async () => {
		await expect(find('Desk')).rejects.toMatchObject({
			kind: 'config',
			message: '2 agents are called Desk: give the ID of one, a-3 or a-4.',
		});
	});
});
