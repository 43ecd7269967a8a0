import { expect, test } from 'vitest';
import { StreamEvents } from '../src/stream-schema.ts';
import { ask, call, eventually, garden } from './harness.ts';

const LIBRARIAN = (id: string) => `POST /api/v2/agents/${id}/stream`;

test('a turn streams its events in the order of the wire, each with the documented fields', async () => {
	const sandbox = await garden();
	const turn = await ask(sandbox, { message: 'When do tomatoes need staking?' });
	const collapsed = turn.names.filter((name, index) => name !== turn.names[index - 1]);
	expect(collapsed).toEqual([
		'metadata',
		'status',
		'session',
		'phase',
		'tool',
		'token',
		'response',
		'metrics',
		'done',
	]);
	for (const [name, schema] of Object.entries(StreamEvents)) {
		if (turn.names.includes(name)) expect(schema.parse(turn.data(name).value)).toEqual(turn.data(name).value);
	}
	expect(turn.data('done').value).toEqual({ outcome: 'COMPLETED' });
	expect(turn.data('metadata').at('session_id')).toBeNull();
	expect(turn.data('metadata').at('agent_id')).toBe(sandbox.agentId);
});

test('the tokens, joined, are the response', async () => {
	const turn = await ask(await garden(), { message: 'When do tomatoes need staking?' });
	expect(turn.names.filter(name => name === 'token').length).toBeGreaterThan(5);
	expect(turn.tokens).toBe(turn.content);
});

test('the answer is the best passage, its source and the same every time', async () => {
	const sandbox = await garden();
	const turn = await ask(sandbox, { message: 'When do tomatoes need staking?' });
	expect(turn.content).toBe('Tomatoes need staking in June.\n\nSource: garden.md, line 13');
	expect(turn.sources).toEqual([
		{ file: 'garden.md', line: 13, heading: 'Tomatoes', score: expect.any(Number) },
	]);
	const again = await ask(sandbox, { message: 'When do tomatoes need staking?' });
	expect(again.content).toBe(turn.content);
	expect(again.sources).toEqual(turn.sources);
});

test('the metrics count words as tokens and name model and execution', async () => {
	const sandbox = await garden();
	const turn = await ask(sandbox, { message: 'When do tomatoes need staking?' });
	const output = turn.names.filter(name => name === 'token').length;
	expect(turn.data('metrics').value).toMatchObject({
		usage: { input_tokens: 5, output_tokens: output, total_tokens: 5 + output, cost_usd: 0 },
		model_config: { model: 'library' },
		execution_id: sandbox.executions().at(-1)?.id,
		iterations: 1,
	});
});

test('a question that the library cannot answer is answered with just that', async () => {
	const turn = await ask(await garden(), { message: 'Who won the chess olympiad in Baku?' });
	expect(turn.content).toBe('I found nothing about "Who won the chess olympiad in Baku?" in the library.');
	expect(turn.sources).toEqual([]);
	expect(turn.data('tool').value).toMatchObject({ success: true, result_summary: '0 passages found' });
});

test('a finished turn is recorded with question, request, answer and sources', async () => {
	const sandbox = await garden();
	const options = { temperature: 0.2, max_tokens: 100 };
	const turn = await ask(sandbox, {
		message: 'How is a spade sharpened?',
		options,
		metadata: { trace_id: 't1' },
	});
	expect(sandbox.executions()).toHaveLength(1);
	expect(sandbox.executions()[0]).toMatchObject({
		agentId: sandbox.agentId,
		sessionId: turn.sessionId,
		triggerId: null,
		message: 'How is a spade sharpened?',
		input: { message: 'How is a spade sharpened?', options, metadata: { trace_id: 't1' } },
		status: 'completed',
		response: turn.content,
		sources: turn.sources,
		toolsUsed: ['library_search'],
		error: null,
	});
});

test.each([
	['a template', `Hello {{name}} $\{x} <%= y %> {% z %}`],
	['control characters', String.fromCharCode(...Array.from({ length: 31 }, (_, index) => index + 1), 0x7f)],
	['a NUL', 'a\0b'],
	['emoji and combining marks', '👩‍👩‍👧‍👦 é́ 🇧🇷'],
	['a lone surrogate', 'broken \ud800 pair \udc00'],
	['line ends of three systems', 'a\r\nb\nc\rd\u2028e\u2029f'],
	['blanks only', ' \t '],
	['search syntax', 'NEAR(a b) OR "unclosed AND * ^ col:x -y (('],
	['an SSE frame', 'data: [DONE]\n\nevent: done\ndata: {}\n\n'],
	['20,000 characters', 'tomatoes and cactus '.repeat(1_000)],
	['20,000 characters without a blank', 'ab'.repeat(10_000)],
])('%s in a message is recorded exactly as it came', async (_, message) => {
	const sandbox = await garden();
	const turn = await ask(sandbox, { message });
	expect(sandbox.executions().at(-1)?.message).toBe(message);
	expect(sandbox.executions().at(-1)?.response).toBe(turn.content);
	expect(turn.tokens).toBe(turn.content);
	expect(turn.names.at(-1)).toBe('done');
});

test.each([
	['no message', {}],
	['an empty message', { message: '' }],
	['a message that is a number', { message: 7 }],
	['a session id that is none', { message: 'x', session_id: 'abc' }],
	['a temperature in words', { message: 'x', options: { temperature: 'hot' } }],
	['no tokens at all', { message: 'x', options: { max_tokens: 0 } }],
	['an attachment without a URL', { message: 'x', attachments: [{ type: 'image' }] }],
])('%s is a validation error and no turn', async (_, body) => {
	const sandbox = await garden();
	const answer = await call(sandbox, LIBRARIAN(sandbox.agentId), { body });
	expect(answer.status).toBe(400);
	expect(answer.body.at('error.code')).toBe('VALIDATION_ERROR');
	expect(answer.body.text('error.message')).toMatch(/^(message|session_id|options|attachments)/);
	expect(sandbox.executions()).toEqual([]);
});

test('an agent that does not exist is forbidden, with the reason', async () => {
	const sandbox = await garden();
	const answer = await call(sandbox, LIBRARIAN('00000000-0000-4000-8000-000000000000'), {
		body: { message: 'x' },
	});
	expect(answer.status).toBe(403);
	expect(answer.body.value).toMatchObject({
		error: { code: 'AGENT_NOT_FOUND', details: { reason: 'AGENT_NOT_FOUND' } },
	});
	expect(answer.body.at('error.request_id')).toBe(answer.headers.get('x-request-id'));
	expect(answer.body.at('request_id')).toBe(answer.headers.get('x-request-id'));
});

test('max_tokens cuts the answer and its tokens alike', async () => {
	const turn = await ask(await garden(), {
		message: 'When do tomatoes need staking?',
		options: { max_tokens: 3 },
	});
	expect(turn.content).toBe('Tomatoes need staking ');
	expect(turn.tokens).toBe(turn.content);
	expect(turn.data('metrics').at('usage.output_tokens')).toBe(3);
});

test('a turn over its deadline ends as TIMEOUT, after a response that says so', async () => {
	const sandbox = await garden({ tokenDelayMs: 5_000 });
	const turn = await ask(sandbox, { message: 'When do tomatoes need staking?', options: { timeout_ms: 20 } });
	expect(turn.names.slice(-3)).toEqual(['response', 'metrics', 'done']);
	expect(turn.content).toBe('The turn took longer than 20 ms.');
	expect(turn.data('done').value).toMatchObject({ outcome: 'TIMEOUT', timed_out: true });
	expect(sandbox.executions()[0]).toMatchObject({
		status: 'timeout',
		response: null,
		error: { code: 'TURN_TIMEOUT' },
	});
});

test('a caller that closes the stream cancels the turn', async () => {
	const sandbox = await garden({ tokenDelayMs: 20 });
	const leave = new AbortController();
	const response = await fetch(`${sandbox.url}/api/v2/agents/${sandbox.agentId}/stream`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.member, 'Content-Type': 'application/json' },
		body: JSON.stringify({ message: 'When do tomatoes need staking?' }),
		signal: leave.signal,
	});
	const reader = response.body?.getReader();
	await reader?.read();
	leave.abort();
	const execution = await eventually(sandbox, each => each.status !== 'running');
	expect(execution).toMatchObject({ status: 'cancelled', response: null, error: { code: 'CANCELLED' } });
});

test('attachments that the agent does not read are said to be unread', async () => {
	const sandbox = await garden();
	const attachments = [{ url: 'data:text/plain;base64,aGk=', type: 'document', filename: 'a.txt' }];
	const turn = await ask(sandbox, { message: 'When do tomatoes need staking?', attachments });
	expect(turn.data('warning').at('message')).toBe('This agent does not read attachments (1 given).');
	expect(sandbox.executions()[0]?.input).toMatchObject({ attachments });
});
