import { expect, test } from 'vitest';
import { SandboxSetupError } from '../src/index.ts';
import { StreamEvents } from '../src/stream-schema.ts';
import { call, createTrigger, until } from './harness.ts';
import { openStream, readStream, scripted } from './stream-client.ts';

test('a scenario sends every kind of event, in its order and with the documented fields', async () => {
	const sandbox = await scripted(`
steps:
  - phase: PROCESSING_ATTACHMENTS
  - attachments: { processed: 1, errors: 1 }
  - thinking: Let me see.
  - tool: { name: search, summary: 2 found, duration: 1s }
  - tool: { name: search, success: false, summary: Nothing found }
  - warning: The second search failed.
  - wait: 1.5s
  - tokens: { text: "Two results", pace: 100ms }
  - response: Two results
  - metrics: { input_tokens: 0, output_tokens: 7, model: m-1 }
`);
	const turn = await readStream(sandbox, { body: { attachments: [{ url: 'https://example.com/a.png' }] } });
	expect(turn.names).toEqual([
		...['metadata', 'status', 'session', 'phase'],
		...['phase', 'attachments', 'thinking', 'tool', 'tool', 'warning', 'token', 'token', 'response'],
		...['metrics', 'done'],
	]);
	const schemas = new Map(Object.entries(StreamEvents));
	for (const { name, data } of turn.frames) expect(schemas.get(name)?.parse(data.value)).toEqual(data.value);
	expect(turn.data('attachments').value).toEqual({ processed: 1, errors: 1 });
	expect(turn.data('tool').value).toMatchObject({ tool: 'search', success: true, result_summary: '2 found' });
	expect(turn.data('warning').value).toEqual({ message: 'The second search failed.' });
	expect(turn.data('metrics').value).toMatchObject({
		usage: { input_tokens: 0, output_tokens: 7, total_tokens: 7 },
		model_config: { model: 'm-1' },
	});
	expect(sandbox.executions()[0]).toMatchObject({ status: 'completed', model: 'm-1', toolsUsed: ['search'] });
});

test('without metrics the words of question and answer are counted', async () => {
	const turn = await readStream(await scripted('steps: [{ response: one two three }]'));
	expect(turn.data('metrics').value).toMatchObject({
		usage: { input_tokens: 1, output_tokens: 3 },
		model_config: { model: 'script' },
	});
});

test('{{message}} is what was asked, character for character; other templates stay as they are', async () => {
	const sandbox = await scripted(`steps: [{ response: "{{name}} <{{message}}> {{message}}" }]`);
	const message = `$& $1 {{message}} </script> \u0000 👩‍🚀`;
	const turn = await readStream(sandbox, { body: { message } });
	expect(turn.data('response').at('content')).toBe(`{{name}} <${message}> ${message}`);
});

test('the sources of a response are sent as they are written', async () => {
	const turn = await readStream(
		await scripted('steps: [{ response: { text: x, sources: [{ file: a.md, line: 3, heading: H }] } }]'),
	);
	expect(turn.data('response').at('sources')).toEqual([{ file: 'a.md', line: 3, heading: 'H', score: 1 }]);
});

test('the first case that matches the message is played, else the steps beside the cases', async () => {
	const sandbox = await scripted(`
cases:
  - match: '(?i)^refund\\b'
    steps: [{ response: refund }]
  - match: 'refund|return'
    steps: [{ response: return }]
steps: [{ response: neither }]
`);
	const answer = async (message: string) =>
		(await readStream(sandbox, { body: { message } })).data('response').at('content');
	expect(await answer('REFUND me')).toBe('refund');
	expect(await answer('a refund')).toBe('return');
	expect(await answer('hello')).toBe('neither');
});

test('a pattern that would backtrack for ever takes a message like any other', async () => {
	const sandbox = await scripted(`
cases: [{ match: '^(a+)+$', steps: [{ response: all a }] }]
steps: [{ response: something else }]
`);
	const turn = await readStream(sandbox, { body: { message: `${'a'.repeat(50_000)}!` } });
	expect(turn.data('response').at('content')).toBe('all a');
	const other = await readStream(sandbox, { body: { message: `${'a'.repeat(500)}!` } });
	expect(other.data('response').at('content')).toBe('something else');
});

test('an error of the agent ends the turn as failed, after what it said before', async () => {
	const sandbox = await scripted(
		'steps: [{ tokens: half }, { error: { code: NO_MODEL, message: "{{message}}?" } }]',
	);
	const turn = await readStream(sandbox);
	expect(turn.names.slice(-2)).toEqual(['token', 'error']);
	expect(turn.data('error').value).toEqual({
		error: { code: 'NO_MODEL', message: 'Hello?', request_id: expect.stringMatching(/^req_/) },
	});
	expect(sandbox.executions()[0]).toMatchObject({
		status: 'failed',
		error: { code: 'NO_MODEL', message: 'Hello?' },
	});
});

test('an error can say that time ran out', async () => {
	const sandbox = await scripted('steps: [{ error: { code: SLOW, message: late, timed_out: true } }]');
	const turn = await readStream(sandbox);
	expect(turn.names.slice(-2)).toEqual(['phase', 'error']);
	expect(turn.data('error').at('error.timed_out')).toBe(true);
	expect(sandbox.executions()[0]).toMatchObject({ status: 'timeout', error: { code: 'SLOW' } });
});

test.each([
	['alone', '{ outcome: TIMEOUT }', 'The turn ran out of time.'],
	['after a text', '{ response: I was too slow. }, { outcome: TIMEOUT }', 'I was too slow.'],
])(
	'the outcome TIMEOUT %s is told as the platform does: a response, and a done that denies it',
	async (_, steps, text) => {
		const sandbox = await scripted(`steps: [${steps}]`);
		const turn = await readStream(sandbox);
		expect(turn.names.slice(-3)).toEqual(['response', 'metrics', 'done']);
		expect(turn.data('response').at('content')).toBe(text);
		expect(turn.data('done').value).toEqual({ outcome: 'TIMEOUT', timed_out: true, timeout_clock: 'turn' });
		expect(sandbox.executions()[0]).toMatchObject({ status: 'timeout', response: null });
	},
);

test('a gate answers without a model, silently or with a fixed text', async () => {
	for (const text of ['', 'We are closed.']) {
		const turn = await readStream(await scripted(`steps: [{ gated: "${text}" }]`));
		expect(turn.names.slice(-3)).toEqual(['response', 'metrics', 'done']);
		expect(turn.data('response').value).toMatchObject({ content: text, gated: true });
		expect(turn.data('metrics').at('usage.total_tokens')).toBe(0);
	}
});

test('an oversize event has as many bytes as the scenario says, and the turn goes on', async () => {
	const turn = await readStream(await scripted('steps: [{ oversize: 2MiB }, { response: x }]'));
	expect(turn.data('thinking').text('thought')).toHaveLength(2 ** 21);
	expect(turn.names.at(-1)).toBe('done');
});

test('a stream can end without a terminal event', async () => {
	const sandbox = await scripted('steps: [{ response: x }, end]');
	const turn = await readStream(sandbox);
	expect(turn.names.slice(-2)).toEqual(['response', 'metrics']);
	expect(turn.broken).toBeUndefined();
	expect(sandbox.executions()[0]?.status).toBe('completed');
});

test.each([
	['cut', 'UND_ERR_SOCKET'],
	['reset', 'ECONNRESET'],
])('%s breaks the connection off after what was sent before', async (fate, code) => {
	const sandbox = await scripted(`steps: [{ tokens: half an answer }, ${fate}]`);
	const turn = await readStream(sandbox);
	expect(turn.broken).toBe(code);
	const status = await until(() =>
		sandbox.executions()[0]?.status === 'running' ? undefined : sandbox.executions()[0]?.status,
	);
	expect(status).toBe('cancelled');
});

test('what was written before a cut has arrived', async () => {
	const turn = await readStream(await scripted('steps: [{ tokens: half an answer }, cut]'));
	expect(turn.tokens).toBe('half an answer');
});

test('a stalled stream sends nothing, no comments either, until its caller leaves', async () => {
	const sandbox = await scripted('steps: [{ tokens: half }, stall]', { keepAliveMs: 5, speed: 1 });
	const leave = new AbortController();
	const response = await openStream(sandbox, { signal: leave.signal });
	const reader = response.body?.getReader();
	let text = '';
	while (!text.includes('half')) text += new TextDecoder().decode((await reader?.read())?.value);
	const rest = reader?.read().then(
		() => 'more',
		() => 'left',
	);
	await new Promise(resolve => setTimeout(resolve, 100));
	leave.abort();
	expect(await rest).toBe('left');
	await until(() => (sandbox.executions()[0]?.status === 'cancelled' ? true : undefined));
});

test('while a scenario waits, comments keep the stream alive', async () => {
	const turn = await readStream(
		await scripted('steps: [{ wait: 1s }, { response: x }]', { keepAliveMs: 5, speed: 5 }),
	);
	expect(turn.text).toContain('\n\n: keep-alive\n\n');
	expect(turn.names.at(-1)).toBe('done');
});

test('a dispatched run passes over what befalls a connection, and gets its answer', async () => {
	const sandbox = await scripted('steps: [stall, cut, reset, end, { response: Here I am. }]');
	const { id } = await createTrigger(sandbox);
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: { message: 'x' } });
	expect(answer.body.at('response')).toBe('Here I am.');
});

test.each([
	['steps: []', /:1:1: "steps" is too small: 1 at least\.$/],
	['{}', /:1:1: "steps" is missing: it has to be a list\.$/],
	[
		'steps:\n  - response: x\n  - thinking: y',
		/:3:5: "thinking" comes after "response", which ends the turn: move it up\.$/,
	],
	['steps:\n  - error: { code: A, message: b }\n  - cut', /:3:5: "cut" comes after "error"/],
	['steps:\n  - wait: 1s', /:2:5: These steps never end the turn: add response, error/],
	['steps:\n  - metrics: {}\n  - response: x\n  - metrics: {}', /:4:5: The metrics of a turn are given once/],
	['steps:\n  - respons: x', /:2:5: "respons" is not known here: did you mean "response"\?$/],
	[
		'steps:\n  - response: x\n    wait: 1s',
		/:2:5: A step has exactly one of wait, .*; here wait and response are given\.$/,
	],
	[
		'steps:\n  - wait: soon\n  - response: x',
		/:2:5: This has to be a time such as 800ms, 2\.5s or 3m, one hour at most\.$/,
	],
	['steps:\n  - wait: 2000m\n  - response: x', /:2:5: This has to be a time/],
	['steps:\n  - oversize: 5GB\n  - response: x', /:2:5: This has to be a size such as 2000, 64KiB or 2MiB/],
	['steps:\n  - response', /:2:5: "response" has to be a mapping \(key: value\), but is true or false\.$/],
	['steps:\n  - cut: now', /:2:5: This step takes no value: write its name alone\.$/],
	['steps:\n  - outcome: LATE', /:2:5: "outcome" has to be TIMEOUT\.$/],
	['steps:\n  - tool: { nam: x }\n  - response: x', /:2:13: "nam" is not known here: did you mean "name"\?$/],
	['steps:\n  - tool: { summary: x }\n  - response: x', /:2:5: "name" is missing: it has to be a text\.$/],
	['steps:\n  - thinking: 5\n  - response: x', /:2:5: "thinking" has to be a text, but is a number\.$/],
	[
		'steps: [response: x]\ncases:\n  - match: "(a"\n    steps: [response: x]',
		/:3:5: "match" is not a regular expression of RE2 \(.+\)\.$/,
	],
	['steps: [response: x]\ncases: [{ match: a }]', /"steps" is missing: it has to be a list\.$/],
	[
		`steps: [response: "${'{{message}}'.repeat(11)}"]`,
		/This text has more than 10 times \{\{message\}\}: use it less often\.$/,
	],
	['steps: [response: x', /:1:\d+: this is not valid YAML: .+\.$/],
	['steps: [response: *gone]', /scenario\.yaml:\d+:\d+: .+gone.*\.$/],
	['', /:1:1: this has to be a mapping \(key: value\), but is empty\.$/],
])(
	'%j is refused before anything listens, with file, line, column and what to do',
	async (steps, sentence) => {
		const error = await scripted(steps).catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(SandboxSetupError);
		const message = error instanceof Error ? error.message : '';
		expect(message).toMatch(/^.+scenario\.yaml:\d+:\d+: [^\n]+$/);
		expect(message).toMatch(sentence);
	},
);
