import { expect, test } from 'vitest';
import { call, createTrigger, folder, GARDEN, garden } from './harness.ts';
import { readStream } from './stream-client.ts';

/** A thousand times as fast: a minute takes 60 ms. */
const shipped = () => garden({ speed: 1_000, library: [folder(GARDEN)] });

test('Quick repeats what it was told', async () => {
	const turn = await readStream(await shipped(), { agent: 'Quick' });
	expect(turn.data('response').at('content')).toBe('You said: Hello');
	expect(turn.tokens).toBe('You said: Hello');
});

test.each(['Twenty Seconds', 'Ninety Seconds'])('%s answers within the time of a chat turn', async agent => {
	const turn = await readStream(await shipped(), { agent });
	expect(turn.data('response').at('content')).toBe(`That took ${agent.toLowerCase()}.`);
	expect(turn.data('done').at('outcome')).toBe('COMPLETED');
});

test('Three Minutes is too slow for a chat turn, and not for a webhook run', async () => {
	const sandbox = await shipped();
	const turn = await readStream(sandbox, { agent: 'Three Minutes' });
	expect(turn.data('done').at('outcome')).toBe('TIMEOUT');
	expect(turn.data('response').at('content')).toBe('The turn took longer than 150000 ms.');
	const agentId = turn.data('metadata').text('agent_id');
	const { id } = await createTrigger({ ...sandbox, agentId });
	const answer = await call(sandbox, `POST /api/triggers/webhook/${id}`, { body: { message: 'x' } });
	expect(answer.body.at('response')).toBe('That took almost three minutes.');
});

test('Tool User calls tools, one of them in vain, and cites a source', async () => {
	const sandbox = await shipped();
	const turn = await readStream(sandbox, { agent: 'Tool User' });
	const tools = turn.frames.filter(({ name }) => name === 'tool').map(({ data }) => data.at('success'));
	expect(tools).toEqual([true, false, true]);
	expect(turn.data('response').at('sources.0.file')).toBe('orders/1042.md');
	expect(turn.data('metrics').at('model_config.model')).toBe('scripted-tool-user');
	const failing = await readStream(sandbox, { agent: 'Tool User', body: { message: 'Please fail' } });
	expect(failing.names.at(-1)).toBe('error');
});

test('Long Answer streams hundreds of tokens that are its answer', async () => {
	const turn = await readStream(await shipped(), { agent: 'Long Answer' });
	expect(turn.names.filter(name => name === 'token').length).toBeGreaterThan(300);
	expect(turn.tokens).toBe(turn.data('response').at('content'));
});

test('Fails Midway reports an error after half an answer', async () => {
	const turn = await readStream(await shipped(), { agent: 'Fails Midway' });
	expect(turn.tokens).toBe('The first half of the answer is ');
	expect(turn.names.at(-1)).toBe('error');
});

test('Out of Time ends as TIMEOUT', async () => {
	const turn = await readStream(await shipped(), { agent: 'Out of Time' });
	expect(turn.data('done').at('outcome')).toBe('TIMEOUT');
});

test('Cut Off breaks the connection off in mid-sentence', async () => {
	const turn = await readStream(await shipped(), { agent: 'Cut Off' });
	expect(turn.tokens).toBe('The most important thing to know is ');
	expect(turn.broken).toBeDefined();
	expect(turn.names).not.toContain('response');
});

test('Odd Text arrives as it was written', async () => {
	const turn = await readStream(await shipped(), { agent: 'Odd Text', body: { message: '{{x}}' } });
	const content = turn.data('response').text('content');
	expect(turn.tokens).toBe(content);
	for (const odd of [
		'{{name}}',
		'</script>',
		'\0\x07\b\x1B[31m',
		'👩‍🚀',
		'e\u0301',
		'a\rb\r\nc\u2028d\u2029e',
		'data: [DONE]\n\nevent: done',
	]) {
		expect(content).toContain(odd);
	}
	expect(content.endsWith('You asked: {{x}}')).toBe(true);
});
