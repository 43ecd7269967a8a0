import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { call, createTrigger, GARDEN, Json, until } from './harness.ts';
import { openStream, readStream, sandboxOf } from './stream-client.ts';

type Delta = Record<string, unknown>;
type Reply = (response: ServerResponse, request: Json) => void;

/** A server that speaks the chat completions API: each request gets the next reply, the last one for ever. */
async function modelServer(...replies: Reply[]) {
	const requests: Json[] = [];
	const headers: IncomingMessage['headers'][] = [];
	let left = 0;
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		response.on('close', () => {
			if (!response.writableFinished) left++;
		});
		request.on('data', chunk => chunks.push(chunk));
		request.on('end', () => {
			const body = new Json(JSON.parse(Buffer.concat(chunks).toString()));
			requests.push(body);
			headers.push(request.headers);
			if (request.url !== '/v1/chat/completions') response.writeHead(404).end();
			else replies[Math.min(requests.length, replies.length) - 1]?.(response, body);
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.close();
		server.closeAllConnections();
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		host: `127.0.0.1:${port}`,
		requests,
		headers,
		left: () => left,
	};
}

/** A streamed completion, with usage as the last chunk, as `stream_options` asks for. */
function completion(deltas: readonly Delta[], finish: string, usage = [10, 5]): Reply {
	return response => {
		response.writeHead(200, { 'Content-Type': 'text/event-stream' });
		const chunk = (fields: Record<string, unknown>) =>
			response.write(
				`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'tiny-1', ...fields })}\n\n`,
			);
		for (const delta of deltas) chunk({ choices: [{ index: 0, delta, finish_reason: null }] });
		chunk({ choices: [{ index: 0, delta: {}, finish_reason: finish }] });
		const [prompt_tokens = 0, completion_tokens = 0] = usage;
		chunk({
			choices: [],
			usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
		});
		response.end('data: [DONE]\n\n');
	};
}

const saying = (...words: string[]) =>
	completion([{ role: 'assistant', content: '' }, ...words.map(content => ({ content }))], 'stop');

/** The arguments come in pieces, as they do. */
function calling(...calls: [name: string, ...pieces: string[]][]): Reply {
	const deltas = calls.flatMap(([name, ...pieces], index) => [
		{ tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } }] },
		...pieces.map(piece => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
	]);
	return completion([{ role: 'assistant', content: null }, ...deltas], 'tool_calls', [20, 3]);
}

const asking = (url: string, more = '') =>
	sandboxOf(
		`agents:\n  - name: Model\n    engine:\n      openai:\n        base_url: ${url}\n        model: tiny\n${more}`,
		Object.fromEntries(Object.entries(GARDEN).map(([name, text]) => [`garden/${name}`, text])),
	);

const TOOLS = `
        tools:
          - name: opening_hours
            description: When the shop is open.
            parameters: { type: object, properties: { day: { type: string } } }
            result: From nine to five.
          - name: search
            description: Searches the garden book.
            library: { paths: [garden] }
`;

test('an answer streams token by token, and its usage and model are passed through', async () => {
	const server = await modelServer(saying('Good ', 'morning.'));
	const sandbox = await asking(server.url, '        system: Be brief.\n');
	const turn = await readStream(sandbox, { body: { options: { temperature: 0, max_tokens: 9 } } });
	expect(turn.frames.filter(({ name }) => name === 'token').map(({ data }) => data.at('content'))).toEqual([
		'Good ',
		'morning.',
	]);
	expect(turn.data('response').at('content')).toBe('Good morning.');
	expect(turn.data('metrics').value).toMatchObject({
		usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
		model_config: { model: 'tiny-1' },
		iterations: 1,
	});
	expect(server.requests.map(({ value }) => value)).toEqual([
		{
			model: 'tiny',
			stream: true,
			stream_options: { include_usage: true },
			temperature: 0,
			max_tokens: 9,
			messages: [
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: 'Hello' },
			],
		},
	]);
});

test('what a trigger maps out of a body stands before the message', async () => {
	const server = await modelServer(saying('Done.'));
	const sandbox = await asking(server.url);
	const trigger = await createTrigger(sandbox, { context_mapping: { customer: '$.customer.id' } });
	const body = { message: 'Where is it?', customer: { id: 'c-7' } };
	expect((await call(sandbox, `POST /api/triggers/webhook/${trigger.id}`, { body })).status).toBe(200);
	expect(server.requests[0]?.at('messages')).toEqual([
		{ role: 'system', content: 'Context: {"customer":"c-7"}' },
		{ role: 'user', content: 'Where is it?' },
	]);
});

test('the session so far is passed, without the turns that failed', async () => {
	const server = await modelServer(
		saying('First answer.'),
		response => void response.writeHead(500).end(),
		saying('Third answer.'),
	);
	const sandbox = await asking(server.url);
	const first = await readStream(sandbox, { body: { message: 'one' } });
	const session_id = first.data('session').at('session_id');
	await readStream(sandbox, { body: { message: 'two', session_id } });
	await readStream(sandbox, { body: { message: 'three', session_id } });
	expect(server.requests[2]?.at('messages')).toEqual([
		{ role: 'user', content: 'one' },
		{ role: 'assistant', content: 'First answer.' },
		{ role: 'user', content: 'three' },
	]);
});

test('tools are called, told of, and their results given to the model, as often as it asks', async () => {
	const server = await modelServer(
		calling(['opening_hours', '{"day":', '"Monday"}'], ['search', '{"query":"tomatoes ', 'staking"}']),
		calling(['nowhere', '{}'], ['search', 'not json']),
		saying('In June.'),
	);
	const sandbox = await asking(server.url, TOOLS);
	const turn = await readStream(sandbox);
	const tools = turn.frames.filter(({ name }) => name === 'tool').map(({ data }) => data.value);
	expect(tools).toMatchObject([
		{ tool: 'opening_hours', success: true, result_summary: 'From nine to five.' },
		{ tool: 'search', success: true, result_summary: '1 passage found' },
		{ tool: 'nowhere', success: false, result_summary: 'There is no tool named nowhere.' },
		{
			tool: 'search',
			success: false,
			result_summary: 'The arguments have to be JSON with a text named query.',
		},
	]);
	expect(turn.data('response').at('sources.0')).toMatchObject({ file: 'garden.md', line: 13 });
	expect(turn.data('metrics').value).toMatchObject({
		usage: { input_tokens: 50, output_tokens: 11 },
		iterations: 3,
	});
	expect(sandbox.executions()[0]?.toolsUsed).toEqual(['opening_hours', 'search', 'nowhere']);
	expect(server.requests[0]?.at('tools.0')).toEqual({
		type: 'function',
		function: {
			name: 'opening_hours',
			description: 'When the shop is open.',
			parameters: { type: 'object', properties: { day: { type: 'string' } } },
		},
	});
	expect(server.requests[1]?.at('messages')).toEqual([
		{ role: 'user', content: 'Hello' },
		{
			role: 'assistant',
			content: null,
			tool_calls: [
				{
					id: 'call_0',
					type: 'function',
					function: { name: 'opening_hours', arguments: '{"day":"Monday"}' },
				},
				{
					id: 'call_1',
					type: 'function',
					function: { name: 'search', arguments: '{"query":"tomatoes staking"}' },
				},
			],
		},
		{ role: 'tool', tool_call_id: 'call_0', content: 'From nine to five.' },
		{ role: 'tool', tool_call_id: 'call_1', content: 'garden.md, line 13:\nTomatoes need staking in June.' },
	]);
});

test('a model that calls tools without end is stopped', async () => {
	const server = await modelServer(calling(['opening_hours', '{}']));
	const turn = await readStream(await asking(server.url, TOOLS));
	expect(server.requests).toHaveLength(10);
	expect(turn.data('error').at('error.message')).toMatch(/called tools 10 times without an answer/);
});

test('the key of the environment goes to the server and into no message', async () => {
	const key = 'sk-secret-0123456789';
	vi.stubEnv('SANDBOX_TEST_MODEL_KEY', key);
	onTestFinished(() => void vi.unstubAllEnvs());
	const server = await modelServer(response => {
		response.writeHead(401, { 'Content-Type': 'application/json' });
		response.end(JSON.stringify({ error: { message: `Incorrect API key provided: ${key}.` } }));
	});
	const sandbox = await asking(server.url, '        api_key_env: SANDBOX_TEST_MODEL_KEY\n');
	const turn = await readStream(sandbox);
	expect(server.headers[0]?.authorization).toBe(`Bearer ${key}`);
	expect(turn.data('error').at('error.code')).toBe('ENGINE_ERROR');
	expect(turn.data('error').at('error.message')).toBe(
		`The model server at ${server.host} refused: 401 Incorrect API key provided: [key]. Check the key that "api_key_env" names.`,
	);
	expect(turn.text + JSON.stringify(sandbox.executions())).not.toContain(key);
});

test.each<[string, Reply, RegExp]>([
	['answers 429', response => void response.writeHead(429, { 'Retry-After': '0' }).end(), /refused: 429 /],
	[
		'answers a page',
		response => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>Hi</p>'),
		/^The model server at \S+ failed: /,
	],
	[
		'breaks off',
		response => {
			response.writeHead(200, { 'Content-Type': 'text/event-stream' });
			response.write(
				`data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: 'half' } }] })}\n\n`,
				() => response.destroy(),
			);
		},
		/^The connection to the model server at \S+ failed \(UND_ERR_SOCKET\)/,
	],
	[
		'ends in mid-answer',
		response => {
			response.writeHead(200, { 'Content-Type': 'text/event-stream' });
			response.end(
				`data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: 'half' } }] })}\n\n`,
			);
		},
		/^The model server at \S+ failed: /,
	],
])('a server that %s is an error of the agent that names it, asked once', async (_, reply, sentence) => {
	const server = await modelServer(reply);
	const turn = await readStream(await asking(server.url));
	expect(turn.names.at(-1)).toBe('error');
	expect(turn.data('error').at('error.message')).toMatch(sentence);
	expect(server.requests).toHaveLength(1);
});

test('what the environment holds for OpenAI itself is sent to no other server', async () => {
	const variables = ['OPENAI_API_KEY', 'OPENAI_ADMIN_KEY', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID'];
	for (const name of variables) vi.stubEnv(name, 'for-openai-only');
	onTestFinished(() => void vi.unstubAllEnvs());
	const server = await modelServer(saying('Hi.'));
	await readStream(await asking(server.url));
	expect(server.headers).toHaveLength(1);
	expect(JSON.stringify(server.headers)).not.toContain('for-openai-only');
});

test('a server that is not there is an error with what to look at', async () => {
	// Nobody is given a port this low, as a port that was just closed may be.
	const turn = await readStream(await asking('http://127.0.0.1:2/v1'));
	expect(turn.data('error').at('error.message')).toBe(
		'The connection to the model server at 127.0.0.1:2 failed (ECONNREFUSED): is it running, and is "base_url" right?',
	);
});

test('a caller that leaves closes the request to the model', async () => {
	const server = await modelServer(response => {
		response.writeHead(200, { 'Content-Type': 'text/event-stream' });
		response.write(
			`data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: 'half' } }] })}\n\n`,
		);
	});
	const sandbox = await asking(server.url);
	const leave = new AbortController();
	const response = await openStream(sandbox, { signal: leave.signal });
	const reader = response.body?.getReader();
	let text = '';
	while (!text.includes('half')) text += new TextDecoder().decode((await reader?.read())?.value);
	leave.abort();
	await until(() => (server.left() === 1 ? true : undefined));
	await until(() => (sandbox.executions()[0]?.status === 'cancelled' ? true : undefined));
});
