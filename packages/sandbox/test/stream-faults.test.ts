import { expect, test } from 'vitest';
import { STREAM_FAULTS, type StreamFault } from '../src/stream-faults.ts';
import { call, until } from './harness.ts';
import { openStream, readStream, scripted } from './stream-client.ts';

const SPEAKING = `
steps:
  - tokens: one two
  - response: one two
`;

/** A sandbox whose agent says two words, with this fault in each of its turns. */
async function faulty(fault: StreamFault, steps = SPEAKING) {
	const sandbox = await scripted(steps, { keepAliveMs: 5 });
	const body = { agent_id: sandbox.agentId, faults: [{ name: fault }] };
	expect((await call(sandbox, 'PUT /sandbox/api/faults', { body })).status).toBe(200);
	return sandbox;
}

test.each<[StreamFault, string[], string]>([
	['oversize-event', ['token', 'thinking', 'token', 'response', 'metrics', 'done'], 'completed'],
	['timeout-outcome', ['token', 'response', 'metrics', 'done'], 'timeout'],
	['error-event', ['token', 'error'], 'failed'],
	['gated', ['response', 'metrics', 'done'], 'completed'],
	['no-terminal-event', ['token', 'token', 'response', 'metrics'], 'completed'],
	['cut', ['token'], 'cancelled'],
])('%s strikes after the first token and is recorded as what it was', async (fault, names, status) => {
	const sandbox = await faulty(fault);
	const turn = await readStream(sandbox);
	expect(turn.names.slice(turn.names.indexOf('phase') + 1)).toEqual(names);
	await until(() => (sandbox.executions()[0]?.status === status ? true : undefined));
	expect(turn.broken !== undefined).toBe(fault === 'cut');
});

test('an oversize event is one that no client has to take', async () => {
	const turn = await readStream(await faulty('oversize-event'));
	expect(turn.data('thinking').text('thought').length).toBeGreaterThan(2 ** 20);
});

test('a timeout outcome denies the response before it', async () => {
	const turn = await readStream(await faulty('timeout-outcome'));
	expect(turn.data('done').value).toMatchObject({ outcome: 'TIMEOUT', timed_out: true });
	expect(turn.data('response').at('content')).toBe('The turn ran out of time.');
});

test('a gated turn is silent and never asks the agent', async () => {
	const sandbox = await faulty('gated');
	const turn = await readStream(sandbox);
	expect(turn.data('response').value).toMatchObject({ content: '', gated: true });
	expect(sandbox.executions()[0]?.response).toBe('');
});

test('an agent that sends no tokens is struck before its answer', async () => {
	const turn = await readStream(await faulty('error-event', 'steps: [{ response: one two }]\n'));
	expect(turn.names.slice(-2)).toEqual(['phase', 'error']);
});

test('a stalled turn of any agent sends nothing more until its caller leaves', async () => {
	const sandbox = await faulty('stall');
	const leave = new AbortController();
	const response = await openStream(sandbox, { signal: leave.signal });
	const reader = response.body?.getReader();
	let text = '';
	while (!text.includes('one ')) text += new TextDecoder().decode((await reader?.read())?.value);
	const rest = reader?.read().then(
		() => 'more',
		() => 'left',
	);
	await new Promise(resolve => setTimeout(resolve, 100));
	leave.abort();
	expect(await rest).toBe('left');
	await until(() => (sandbox.executions()[0]?.status === 'cancelled' ? true : undefined));
});

test.each(STREAM_FAULTS)('%s can be asked for by the header of one request', async fault => {
	const sandbox = await scripted(SPEAKING);
	const leave = AbortSignal.timeout(500);
	const headers = { 'X-Sandbox-Fault': fault };
	const faulty = await readStream(sandbox, { headers, signal: leave });
	const sound = await readStream(sandbox);
	expect(sound.names.slice(-3)).toEqual(['response', 'metrics', 'done']);
	expect(faulty.text).not.toBe(sound.text);
	expect(faulty.names).not.toEqual(sound.names);
});
