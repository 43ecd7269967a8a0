import { createClient } from '@zihin/agent-client';
import { afterEach, describe, expect, it } from 'vitest';
import { type StubServer, startStubServer } from '../testing/stub-server.ts';
import { streamAnswer } from './stream-answer.ts';

const servers: StubServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map(server => server.close())));

/** What is shown of a turn with these tokens and this answer. */
async function shownOf(tokens: readonly string[], content: string) {
	const events = [
		...tokens.map(token => ({ name: 'token', data: { content: token } })),
		{ name: 'response', data: { content } },
		{ name: 'done', data: { outcome: 'COMPLETED' } },
	];
	const server = await startStubServer(response => {
		response.writeHead(200, { 'Content-Type': 'text/event-stream' });
		response.end(
			events.map(({ name, data }) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
		);
	});
	servers.push(server);
	const client = createClient({
		apiKey: 'zhn_test_0123456789abcdef',
		baseUrl: server.url,
		allowHttp: true,
	});
	const pieces: string[] = [];
	const result = await streamAnswer(client, { agentId: 'a', message: 'Hi' }, piece => pieces.push(piece));
	expect(result.content).toBe(content);
	return pieces;
}

describe('an answer that is shown while it is written', () => {
	it.each([
		['piece by piece, and nothing twice', ['It ', 'is ', 'blue.'], 'It is blue.', ['It ', 'is ', 'blue.']],
		['whole, where a server sends no pieces', [], 'It is blue.', ['It is blue.']],
		['to its end, where the pieces stopped before', ['It is'], 'It is blue.', ['It is', ' blue.']],
		['once, after working text', ['Wait. ', 'Blue.'], 'Blue.', ['Wait. ', 'Blue.']],
		['once, where only a space at the end differs', ['Blue. '], 'Blue.', ['Blue. ']],
		['in its own words, where the pieces were others', ['Hm.'], 'Blue.', ['Hm.', '\n\nBlue.']],
	])('is shown %s', async (_name, tokens, content, expected) => {
		expect(await shownOf(tokens, content)).toEqual(expected);
	});
});
