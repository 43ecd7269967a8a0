import { expect, it } from 'vitest';
import { playScene } from './scene.ts';

it('in a browser the node is found, connected and executed, and its trigger is published and fires', async () => {
	const { answer, asked } = await playScene(0);
	expect(answer).toContain('sessionId');
	expect(answer).toContain('Source: docs/conversations.md');
	expect(asked).toEqual(['How do I continue a conversation?', 'What is a run?']);
});
