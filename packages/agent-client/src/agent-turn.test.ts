import { describe, expect, it } from 'vitest';
import { AgentTurn } from './agent-turn.ts';
import type { AgentChunk } from './chunks.ts';

const LIMITS = { maxStreamEventBytes: 2 ** 20, maxStreamTotalBytes: 2 ** 26 };

const sse = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const encode = (text: string) => new TextEncoder().encode(text);

const RESPONSE = sse('response', { content: 'The answer.' });
const DONE = sse('done', { outcome: 'COMPLETED' });

/** What comes of a whole stream: its chunks, and its result or the error that ended it. */
function turnOf(stream: string, { limits = LIMITS, sentSession = undefined as string | undefined } = {}) {
	const turn = new AgentTurn(limits, { includeRawEvents: false, tokens: true });
	const chunks: AgentChunk[] = [];
	const thrownBy = (act: () => unknown) => {
		try {
			act();
		} catch (error) {
			return error;
		}
		return undefined;
	};
	let error = thrownBy(() => turn.push(encode(stream)));
	chunks.push(...turn.takeChunks());
	let result: ReturnType<AgentTurn['result']> | undefined;
	error ??= thrownBy(() => {
		result = turn.result(sentSession);
	});
	return { chunks, result, error, finished: turn.finished };
}

describe('a turn of the newer wire generation', () => {
	const stream =
		sse('metadata', { request_id: 'r1', agent_id: 'a1', session_id: null }) +
		sse('session', { session_id: 's-minted' }) +
		sse('status', { phase: 'STARTING', timestamp: '2026-10-01T00:00:00Z' }) +
		sse('phase', { phase: 'EXECUTE' }) +
		sse('attachments', { processed: 1, errors: [] }) +
		sse('thinking', { thought: 'Hm.' }) +
		sse('tool', { tool: 'search', call_id: 'c1', success: false, result_summary: '' }) +
		sse('token', { content: 'The ' }) +
		sse('warning', { message: 'slow' }) +
		sse('response', { content: 'The answer.', sources: [{ file: 'a.md' }] }) +
		sse('metrics', {
			usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0, cost_usd: 0 },
			model_config: { model: 'm-1' },
			model: 'older',
			execution_id: 'e1',
			iterations: 0,
			execution_time_ms: 0,
		}) +
		DONE;

	it('yields every event as a typed chunk, in order', () => {
		expect(turnOf(stream).chunks).toEqual([
			{ type: 'metadata', requestId: 'r1', agentId: 'a1' },
			{ type: 'session', sessionId: 's-minted' },
			{ type: 'status', phase: 'STARTING', timestamp: '2026-10-01T00:00:00Z' },
			{ type: 'phase', phase: 'EXECUTE' },
			{ type: 'attachments', processed: 1, errors: [] },
			{ type: 'thinking', thought: 'Hm.' },
			{ type: 'tool', tool: 'search', callId: 'c1', success: false, resultSummary: '' },
			{ type: 'token', content: 'The ' },
			{ type: 'warning', message: 'slow' },
			{ type: 'response', content: 'The answer.', sources: [{ file: 'a.md' }] },
			{
				type: 'metrics',
				usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, costUsd: 0 },
				model: 'm-1',
				executionId: 'e1',
				iterations: 0,
				executionTimeMs: 0,
			},
			{ type: 'done', outcome: 'COMPLETED' },
		]);
	});

	it('is consolidated into one result, its zero usage included', () => {
		expect(turnOf(stream).result).toEqual({
			content: 'The answer.',
			sessionId: 's-minted',
			model: 'm-1',
			usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, costUsd: 0 },
			sources: [{ file: 'a.md' }],
			executionId: 'e1',
		});
	});

	it('gives the same wherever its bytes are cut', () => {
		const turn = new AgentTurn(LIMITS, { includeRawEvents: false, tokens: true });
		for (const byte of encode(stream)) turn.push(Uint8Array.of(byte));
		expect(turn.takeChunks()).toEqual(turnOf(stream).chunks);
		expect(turn.result(undefined)).toEqual(turnOf(stream).result);
	});
});

describe('a field that the platform left out', () => {
	it('is an empty text where a chunk is nothing without it, and absent elsewhere', () => {
		const names = [
			'metadata',
			'session',
			'status',
			'phase',
			'attachments',
			'thinking',
			'tool',
			'token',
			'warning',
		];
		expect(turnOf(names.map(name => sse(name, {})).join('')).chunks).toEqual([
			{ type: 'metadata' },
			{ type: 'session' },
			{ type: 'status' },
			{ type: 'phase' },
			{ type: 'attachments' },
			{ type: 'thinking', thought: '' },
			{ type: 'tool', tool: '' },
			{ type: 'token', content: '' },
			{ type: 'warning', message: '' },
		]);
	});
});

describe('the chunks of a turn', () => {
	it('are taken once', () => {
		const turn = new AgentTurn(LIMITS, { includeRawEvents: false, tokens: true });
		turn.push(encode(RESPONSE));
		expect(turn.takeChunks()).toHaveLength(1);
		expect(turn.takeChunks()).toEqual([]);
		turn.push(encode(DONE));
		expect(turn.takeChunks()).toEqual([{ type: 'done', outcome: 'COMPLETED' }]);
	});
});

describe('a byte order mark', () => {
	const mark = '\ufeff';

	it('is dropped where the stream begins, and only one of them', () => {
		expect(turnOf(mark + RESPONSE + DONE).result).toEqual({ content: 'The answer.' });
		expect(turnOf(mark + mark + RESPONSE).chunks).toEqual([
			{ type: 'unknown', event: 'message', data: { content: 'The answer.' } },
		]);
	});

	it('is text where a later piece of the stream begins', () => {
		const turn = new AgentTurn(LIMITS, { includeRawEvents: false, tokens: true });
		for (const piece of ['event: token\ndata: {"content":"', `${mark}x"}\n\n`]) turn.push(encode(piece));
		expect(turn.takeChunks()).toEqual([{ type: 'token', content: `${mark}x` }]);
	});
});

describe('a turn of the older wire generation', () => {
	it('ends with [DONE] and names its tokens prompt and completion', () => {
		const usage = { prompt_tokens: 3, completion_tokens: 4 };
		const { chunks, result } = turnOf(
			`${RESPONSE}${sse('metrics', { usage, model: 'm-0' })}data: [DONE]\n\n`,
		);
		expect(result).toEqual({
			content: 'The answer.',
			model: 'm-0',
			usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
		});
		expect(chunks.at(-1)).toEqual({ type: 'done' });
	});

	it('fails by an error event with code and message at its root', () => {
		const { error } = turnOf(sse('error', { code: 'STREAM_ERROR', message: 'It broke.', request_id: 'r1' }));
		expect(error).toMatchObject({ kind: 'server', code: 'STREAM_ERROR', requestId: 'r1', effect: 'unknown' });
		expect(error).toHaveProperty('message', expect.stringContaining('It broke.'));
	});
});

describe('an error event', () => {
	it('fails the turn with what it says, after the chunks before it', () => {
		const stream =
			sse('metadata', { request_id: 'r0', session_id: 's0' }) +
			sse('token', { content: 'x' }) +
			sse('error', { error: { code: 'ENGINE_ERROR', message: 'No model.' } }) +
			DONE;
		const { chunks, error } = turnOf(stream);
		expect(chunks.map(({ type }) => type)).toEqual(['metadata', 'token']);
		expect(error).toMatchObject({
			kind: 'server',
			code: 'ENGINE_ERROR',
			requestId: 'r0',
			sessionId: 's0',
			retryable: false,
		});
	});

	it.each([
		{ error: { code: 'ENGINE_ERROR', message: 'x', timed_out: true } },
		{ code: 'ENGINE_ERROR', message: 'x', timed_out: true },
		{ error: { code: 'TURN_TIMEOUT', message: 'x' } },
		{ error: { code: 'TIMEOUT', message: 'x' } },
	])('of %j is a timeout', data => {
		expect(turnOf(sse('error', data)).error).toMatchObject({ kind: 'timeout' });
	});

	it.each([
		[{ code: 'ENGINE_ERROR', message: 'No model.' }, 'The agent failed: No model.'],
		[{ code: 'ENGINE_ERROR' }, 'The agent failed: ENGINE_ERROR'],
		[{}, 'The agent failed: no reason was given'],
	])('of %j reads "%s"', (data, message) => {
		expect(turnOf(sse('error', data)).error).toHaveProperty('message', message);
	});

	it('names the execution: its own, else that of the metrics', () => {
		const metrics = sse('metrics', { execution_id: 'e-metrics' });
		const own = sse('error', { code: 'X', execution_id: 'e-own' });
		expect(turnOf(metrics + own).error).toHaveProperty('executionId', 'e-own');
		expect(turnOf(own).error).toHaveProperty('executionId', 'e-own');
		expect(turnOf(metrics + sse('error', {})).error).toHaveProperty('executionId', 'e-metrics');
	});

	it('fails the turn also after a response', () => {
		expect(turnOf(RESPONSE + sse('error', { code: 'X', message: 'x' })).error).toMatchObject({
			kind: 'server',
		});
	});
});

describe('the end of a turn', () => {
	it.each([
		['nothing came', '', 'ended before'],
		['tokens came, but no response', sse('token', { content: 'The answer.' }), 'ended before'],
		['a response came, but no terminal event', RESPONSE, 'ended before'],
		['the terminal event is unfinished', `${RESPONSE}event: done\ndata: {}\n`, 'ended before'],
		[
			'the terminal event came, but no response',
			sse('token', { content: 'The answer.' }) + DONE,
			'without a response',
		],
		['[DONE] came, but no response', 'data: [DONE]\n\n', 'without a response'],
		['[DONE] came under another name', `${RESPONSE}event: done\ndata: [DONE]\n\n`, '"done"'],
		['the response holds no content', sse('response', { session_id: 's' }) + DONE, 'no content'],
		['the response is no JSON', `event: response\ndata: {"content": "x\n\n${DONE}`, '"response"'],
		['the response is no object', `event: response\ndata: ["x"]\n\n${DONE}`, '"response"'],
	])('is an incomplete answer when %s', (_name, stream, reason) => {
		expect(turnOf(stream)).toMatchObject({
			error: {
				kind: 'protocol',
				retryable: false,
				effect: 'unknown',
				message: expect.stringContaining(reason),
			},
			result: undefined,
		});
	});

	it('that came too early names the request and the session, so that support can find them', () => {
		const { error, finished } = turnOf(sse('metadata', { request_id: 'r1', session_id: 's1' }));
		expect(error).toMatchObject({ kind: 'protocol', requestId: 'r1', sessionId: 's1' });
		expect(finished).toBe(false);
	});

	it.each([DONE, 'data: [DONE]\n\n'])('is known by %j', terminal => {
		expect(turnOf(RESPONSE + terminal).finished).toBe(true);
	});

	it.each([{ outcome: 'TIMEOUT' }, { outcome: 'COMPLETED', timed_out: true }])(
		'with %j is a timeout although a response came',
		data => {
			const { error } = turnOf(RESPONSE + sse('metrics', { execution_id: 'e1' }) + sse('done', data));
			expect(error).toMatchObject({
				kind: 'timeout',
				code: 'TURN_TIMEOUT',
				executionId: 'e1',
				effect: 'unknown',
				message: expect.stringContaining('did not finish its turn'),
			});
		},
	);

	it('may be a timeout before anything else came', () => {
		const { error } = turnOf(sse('done', { outcome: 'TIMEOUT' }));
		expect(error).toMatchObject({ kind: 'timeout', executionId: undefined });
	});

	it('may leave the content empty', () => {
		expect(turnOf(sse('response', { content: '' }) + DONE).result).toEqual({ content: '' });
	});

	it('closes the turn: what follows is not read', () => {
		const { chunks, result } = turnOf(RESPONSE + DONE + sse('response', { content: 'late' }));
		expect(result).toMatchObject({ content: 'The answer.' });
		expect(chunks).toHaveLength(2);
	});

	it('takes the last of two responses', () => {
		expect(turnOf(RESPONSE + sse('response', { content: 'Better.' }) + DONE).result).toMatchObject({
			content: 'Better.',
		});
	});
});

describe('the session of a result', () => {
	const metadata = sse('metadata', { session_id: 's-metadata' });
	const session = sse('session', { session_id: 's-session' });
	const response = sse('response', { content: 'x', session_id: 's-response' });

	it.each([
		['the session event before all others', metadata + response + session + DONE, 's-session'],
		['then the response', metadata + response + DONE, 's-response'],
		['then the metadata', metadata + RESPONSE + DONE, 's-metadata'],
		['then what the caller sent', RESPONSE + DONE, 's-sent'],
	])('is %s', (_name, stream, expected) => {
		expect(turnOf(stream, { sentSession: 's-sent' }).result).toMatchObject({ sessionId: expected });
	});

	it('is absent when nobody named one', () => {
		expect(turnOf(RESPONSE + DONE).result).not.toHaveProperty('sessionId');
	});
});

describe('an event that this version does not know', () => {
	it.each([
		['its JSON', sse('future', { a: 1 }), { type: 'unknown', event: 'future', data: { a: 1 } }],
		['its text', 'event: future\ndata: hi\n\n', { type: 'unknown', event: 'future', data: 'hi' }],
		['no name', 'data: {"a":1}\n\n', { type: 'unknown', event: 'message', data: { a: 1 } }],
		[
			'the text that ends a turn',
			'event: future\ndata: [DONE]\n\n',
			{ type: 'unknown', event: 'future', data: '[DONE]' },
		],
		['a name of Object', sse('constructor', {}), { type: 'unknown', event: 'constructor', data: {} }],
	])('passes through with %s', (_name, event, chunk) => {
		const { chunks, result } = turnOf(event + RESPONSE + DONE);
		expect(chunks[0]).toEqual(chunk);
		expect(result).toEqual({ content: 'The answer.' });
	});
});

describe('the raw events', () => {
	it('are all events as they came, when they are asked for', () => {
		const turn = new AgentTurn(LIMITS, { includeRawEvents: true, tokens: true });
		turn.push(encode(`${sse('future', { a: 1 })}${RESPONSE}data: [DONE]\n\n`));
		expect(turn.result(undefined).rawEvents).toEqual([
			{ event: 'future', data: { a: 1 } },
			{ event: 'response', data: { content: 'The answer.' } },
			{ event: 'message', data: '[DONE]' },
		]);
	});

	it('are absent when nobody asked', () => {
		expect(turnOf(RESPONSE + DONE).result).not.toHaveProperty('rawEvents');
	});
});

describe('the limits of a stream', () => {
	const whole = RESPONSE + DONE;

	it('hold a stream of just their size, and name the option when it is one byte larger', () => {
		const total = encode(whole).length;
		expect(turnOf(whole, { limits: { ...LIMITS, maxStreamTotalBytes: total } }).error).toBeUndefined();
		expect(turnOf(whole, { limits: { ...LIMITS, maxStreamTotalBytes: total - 1 } }).error).toMatchObject({
			kind: 'protocol',
			retryable: false,
			message: expect.stringContaining('maxStreamTotalBytes'),
		});
		const event = encode(RESPONSE).length;
		expect(turnOf(whole, { limits: { ...LIMITS, maxStreamEventBytes: event } }).error).toBeUndefined();
		expect(turnOf(whole, { limits: { ...LIMITS, maxStreamEventBytes: event - 1 } }).error).toMatchObject({
			kind: 'protocol',
			message: expect.stringContaining('maxStreamEventBytes'),
		});
	});

	it('count comments in the total only', () => {
		const stream = `${': ping\n'.repeat(100)}${whole}`;
		expect(turnOf(stream, { limits: { ...LIMITS, maxStreamEventBytes: 100 } }).error).toBeUndefined();
		expect(turnOf(stream, { limits: { ...LIMITS, maxStreamTotalBytes: 600 } }).error).toMatchObject({
			message: expect.stringContaining('maxStreamTotalBytes'),
		});
	});

	it('count bytes, not characters, wherever a character is cut', () => {
		// The second and the third chunk hold as many characters as bytes, although none of them is ASCII.
		const event = encode('event: x\ndata: 😀éé\n\n');
		const at = event.indexOf(0xf0);
		const cuts = [0, at + 3, at + 5, at + 6, event.length];
		const push = (maxStreamEventBytes: number) => {
			const turn = new AgentTurn(
				{ ...LIMITS, maxStreamEventBytes },
				{ includeRawEvents: false, tokens: true },
			);
			cuts.slice(1).forEach((end, index) => {
				turn.push(new Uint8Array());
				turn.push(event.subarray(cuts[index], end));
			});
			return turn.takeChunks();
		};
		expect(push(event.length)).toEqual([{ type: 'unknown', event: 'x', data: '😀éé' }]);
		expect(() => push(event.length - 1)).toThrow('maxStreamEventBytes');
	});

	it.each([
		['whole', '😀éé–', 0],
		['cut before its last byte', '–', 2],
	])('count bytes of a text that comes %s', (_name, text, cut) => {
		const event = encode(`event: x\ndata: ${text}\n\n`);
		const at = cut === 0 ? 0 : event.findIndex(byte => byte >= 0x80) + cut;
		const push = (maxStreamEventBytes: number) => {
			const turn = new AgentTurn(
				{ ...LIMITS, maxStreamEventBytes },
				{ includeRawEvents: false, tokens: true },
			);
			turn.push(event.subarray(0, at));
			turn.push(event.subarray(at));
			return turn.takeChunks();
		};
		expect(push(event.length)).toEqual([{ type: 'unknown', event: 'x', data: text }]);
		expect(() => push(event.length - 1)).toThrow('maxStreamEventBytes');
	});
});

describe.each(['é', '€', '\u0800', '\ufffd', '🚀', '\u{10ffff}'])(
	'an event of "%s", cut anywhere',
	character => {
		const event = new TextEncoder().encode(`event: x\ndata: "${character.repeat(3)}"\n\n`);
		const cuts = Array.from({ length: event.length - 1 }, (_, index) => index + 1);

		/** Whether the event passes this limit when it comes in two pieces. */
		function passes(cut: number, maxStreamEventBytes: number): boolean {
			const turn = new AgentTurn(
				{ maxStreamEventBytes, maxStreamTotalBytes: 1000 },
				{ includeRawEvents: false, tokens: true },
			);
			try {
				turn.push(event.subarray(0, cut));
				turn.push(event.subarray(cut));
				return true;
			} catch {
				return false;
			}
		}

		it('is as large as its bytes, and no larger', () => {
			for (const cut of cuts) {
				expect([cut, passes(cut, event.length), passes(cut, event.length - 1)]).toEqual([cut, true, false]);
			}
		});
	},
);
