import { expect, test } from 'vitest';
import { ask, garden } from './harness.ts';

test('"Tell me more" continues the session with the next best passage', async () => {
	const sandbox = await garden();
	const first = await ask(sandbox, { message: 'What does a cactus like?' });
	const second = await ask(sandbox, { message: 'Tell me more', session_id: first.sessionId });
	expect(new Set([first.content, second.content])).toEqual(
		new Set([
			'Water a cactus once a month.\n\nSource: garden.md, line 5',
			'A cactus likes **sandy** soil.\n\nSource: garden.md, line 9',
		]),
	);
	expect(second.sessionId).toBe(first.sessionId);
	expect(second.data('metadata').at('session_id')).toBe(first.sessionId);
});

test.each(['go on', 'and then?', 'Continue.', 'What else?', '…'])('%j continues too', async message => {
	const sandbox = await garden();
	const first = await ask(sandbox, { message: 'cactus' });
	const second = await ask(sandbox, { message, session_id: first.sessionId });
	expect(second.sources).toHaveLength(1);
	expect(second.sources).not.toEqual(first.sources);
});

test('when a question has no passages left, the session says so', async () => {
	const sandbox = await garden();
	const { sessionId } = await ask(sandbox, { message: 'cactus' });
	await ask(sandbox, { message: 'go on', session_id: sessionId });
	const third = await ask(sandbox, { message: 'go on', session_id: sessionId });
	expect(third.content).toBe('I found nothing more about "cactus" in the library.');
	expect(third.sources).toEqual([]);
});

test('a follow-up continues the latest question of the session, not an earlier one', async () => {
	const sandbox = await garden();
	const { sessionId } = await ask(sandbox, { message: 'cactus' });
	await ask(sandbox, { message: 'tomatoes', session_id: sessionId });
	const third = await ask(sandbox, { message: 'go on', session_id: sessionId });
	expect(third.content).toBe('I found nothing more about "tomatoes" in the library.');
});

test('without a session a follow-up has nothing to continue', async () => {
	const sandbox = await garden();
	await ask(sandbox, { message: 'cactus' });
	const turn = await ask(sandbox, { message: 'Tell me more' });
	expect(turn.content).toBe('I do not know what to continue: ask me a question first.');
	expect(turn.sources).toEqual([]);
	expect(turn.names).not.toContain('tool');
});

test('two sessions do not see each other', async () => {
	const sandbox = await garden();
	const one = await ask(sandbox, { message: 'cactus' });
	const other = await ask(sandbox, { message: 'cactus' });
	expect(other.sessionId).not.toBe(one.sessionId);
	expect(other.content).toBe(one.content);
	await ask(sandbox, { message: 'go on', session_id: one.sessionId });
	const next = await ask(sandbox, { message: 'go on', session_id: other.sessionId });
	expect(next.sources).toHaveLength(1);
});

test('a turn that was cut off gave nothing, so its passage is still to come', async () => {
	const sandbox = await garden({ tokenDelayMs: 30 });
	const cut = await ask(sandbox, { message: 'tomatoes', options: { timeout_ms: 10 } });
	const turn = await ask(sandbox, { message: 'go on', session_id: cut.sessionId });
	expect(turn.content).toMatch(/^Tomatoes need staking/);
});
