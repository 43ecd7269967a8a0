import { expect, test } from 'vitest';
import { messagesOf, twiml } from '../src/response-adapter.ts';
import { createTrigger, garden } from './harness.ts';

const SOURCE = 'Source: garden.md, line 9';

async function dispatch(adapter: Record<string, unknown>) {
	const sandbox = await garden();
	const { id } = await createTrigger(sandbox, { response_adapter: adapter });
	const response = await fetch(`${sandbox.url}/api/triggers/webhook/${id}`, {
		method: 'POST',
		headers: { 'X-Api-Key': sandbox.keys.admin, 'Content-Type': 'application/json' },
		body: JSON.stringify({ message: 'Which soil does a cactus like?' }),
	});
	expect(response.status).toBe(200);
	return { type: response.headers.get('content-type'), text: await response.text() };
}

async function json(adapter: Record<string, unknown>): Promise<unknown> {
	const { type, text } = await dispatch(adapter);
	expect(type).toBe('application/json');
	return JSON.parse(text);
}

test('raw gives the whole answer, and its paragraphs when they are asked for', async () => {
	expect(await json({ format: 'raw' })).not.toHaveProperty('messages');
	const split = await json({ split_messages: true });
	expect(split).toMatchObject({ success: true, messages: [expect.stringContaining('sandy'), SOURCE] });
	expect(split).toMatchObject({ response: expect.stringContaining(SOURCE) });
});

test('ebarn is a list of messages', async () => {
	expect(await json({ format: 'ebarn' })).toEqual([{ message: expect.stringContaining(SOURCE) }]);
	expect(await json({ format: 'ebarn', split_messages: true })).toEqual([
		{ message: expect.stringContaining('sandy') },
		{ message: SOURCE },
	]);
});

test('slack has a text and a block for each message', async () => {
	expect(await json({ format: 'slack', split_messages: true })).toEqual({
		response_type: 'in_channel',
		text: expect.stringContaining(SOURCE),
		blocks: [
			{ type: 'section', text: { type: 'mrkdwn', text: expect.stringContaining('sandy') } },
			{ type: 'section', text: { type: 'mrkdwn', text: SOURCE } },
		],
	});
});

test('teams has one message', async () => {
	const answer = { type: 'message', text: `A cactus likes **sandy** soil.\n\n${SOURCE}` };
	expect(await json({ format: 'teams' })).toEqual(answer);
	expect(await json({ format: 'teams', split_messages: true })).toEqual(answer);
});

test('twiml is XML, a text message for each part', async () => {
	const { type, text } = await dispatch({ format: 'twiml', split_messages: true });
	expect(type).toBe('text/xml; charset=utf-8');
	expect(text).toBe(
		'<?xml version="1.0" encoding="UTF-8"?><Response>' +
			`<Message>A cactus likes sandy soil.</Message><Message>${SOURCE}</Message></Response>`,
	);
});

test('more parts than messages are joined in the last one, so that nothing is lost', () => {
	const text = 'a\n\nb\n\n\n\nc\n\nd';
	const split = (max_messages?: number) =>
		messagesOf(text, { format: 'raw', split_messages: true, ...(max_messages && { max_messages }) });
	expect(split()).toEqual(['a', 'b', 'c', 'd']);
	expect(split(4)).toEqual(['a', 'b', 'c', 'd']);
	expect(split(2)).toEqual(['a', 'b\n\nc\n\nd']);
	expect(split(1)).toEqual(['a\n\nb\n\nc\n\nd']);
	expect(messagesOf(text, { format: 'raw', max_messages: 2 })).toEqual([text]);
});

test('a text message has no Markdown, no markup of its own, and no more than 4096 characters', () => {
	const body = (text: string) => /<Message>(.*)<\/Message>/s.exec(twiml([text]))?.[1];
	expect(body('# Title\n\n**Bold** and [a link](https://example.com) & `x < y`')).toBe(
		'Title\n\nBold and a link &amp; x &lt; y',
	);
	expect(body('</Message><Dial>1</Dial>')).not.toContain('<Dial>');
	expect(body('bell\u0007 and \uD800 alone')).toBe('bell and  alone');
	expect(body('x'.repeat(5_000))).toBe('x'.repeat(4_096));
	expect(body(`${'x'.repeat(4_095)}🌵`)).toBe('x'.repeat(4_095));
});
