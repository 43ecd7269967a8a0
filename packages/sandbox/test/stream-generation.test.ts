import { expect, test } from 'vitest';
import { OlderStreamEvents } from '../src/stream-schema.ts';
import { call } from './harness.ts';
import { openStream, readAll, readStream, scripted } from './stream-client.ts';

const OLDER = { 'X-Sandbox-Stream': '2026-01' };

test('the older generation has no tokens and no session event, and ends with [DONE]', async () => {
	const sandbox = await scripted(
		'steps: [{ thinking: Hm. }, { tokens: one two }, { response: one two }, { metrics: { input_tokens: 3 } }]',
	);
	const turn = await readStream(sandbox, { headers: OLDER });
	expect(turn.names).toEqual(['metadata', 'status', 'phase', 'thinking', 'response', 'metrics', 'message']);
	expect(turn.text.endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
	const metrics = turn.data('metrics').value;
	expect(OlderStreamEvents.metrics.parse(metrics)).toEqual(metrics);
	expect(metrics).toMatchObject({
		usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cost_usd: 0 },
		model: 'script',
	});
	expect(turn.data('response').at('session_id')).toBe(sandbox.executions()[0]?.sessionId);
});

test('the older generation tells an error flat', async () => {
	const sandbox = await scripted('steps: [{ error: { code: NO_MODEL, message: No model. } }]');
	const error = (await readStream(sandbox, { headers: OLDER })).data('error').value;
	expect(error).toEqual({ code: 'NO_MODEL', message: 'No model.' });
	expect(OlderStreamEvents.error.parse(error)).toEqual(error);
});

test('the older generation, whose end has no outcome, tells a timeout as an error', async () => {
	const sandbox = await scripted('steps: [{ outcome: TIMEOUT }]');
	const turn = await readStream(sandbox, { headers: OLDER });
	expect(turn.names.slice(-2)).toEqual(['metrics', 'error']);
	expect(turn.data('error').value).toMatchObject({ code: 'TURN_TIMEOUT', timed_out: true });
	expect(turn.text).not.toContain('[DONE]');
});

test('a header names the generation of one stream, and any other value of it is refused', async () => {
	const sandbox = await scripted('steps: [{ response: x }]');
	const newest = await readStream(sandbox, { headers: { 'X-Sandbox-Stream': '2026-10' } });
	expect(newest.names.at(-1)).toBe('done');
	const refused = await openStream(sandbox, { headers: { 'X-Sandbox-Stream': '2025-12' } });
	expect(refused.status).toBe(400);
	expect(await refused.text()).toContain('The header X-Sandbox-Stream has to be 2026-10 or 2026-01.');
	expect(sandbox.executions()).toHaveLength(1);
});

test('a sandbox that closes tells the callers of its streams how their turns ended', async () => {
	const sandbox = await scripted('steps: [{ tokens: half }, { wait: 1m }, { response: x }]', { speed: 1 });
	const response = await openStream(sandbox);
	const reading = readAll(response);
	await call(sandbox, 'GET /health');
	await sandbox.close();
	const turn = await reading;
	expect(turn.broken).toBeUndefined();
	expect(turn.names.at(-1)).toBe('error');
	expect(turn.data('error').at('error.code')).toBe('SANDBOX_STOPPED');
});

test('a stalled stream does not keep a sandbox from closing', async () => {
	const sandbox = await scripted('steps: [stall]');
	const response = await openStream(sandbox);
	await sandbox.close();
	expect((await readAll(response)).names).not.toContain('done');
});
