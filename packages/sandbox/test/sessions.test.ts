import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { WireSession } from '../src/agent-routes.ts';
import { openDatabase } from '../src/database.ts';
import { startSandbox } from '../src/index.ts';
import { Sessions } from '../src/sessions.ts';
import { ask, call, folder, GARDEN, garden } from './harness.ts';

test('an unknown session is not found, and no turn runs', async () => {
	const sandbox = await garden();
	const body = { message: 'x', session_id: '11111111-2222-4333-8444-555555555555' };
	const answer = await call(sandbox, `POST /api/v2/agents/${sandbox.agentId}/stream`, { body });
	expect(answer.status).toBe(404);
	expect(answer.body.value).toMatchObject({
		error: { code: 'NOT_FOUND', details: { reason: 'SESSION_NOT_FOUND' } },
	});
	expect(sandbox.executions()).toEqual([]);
});

test("another agent's session is a conflict", async () => {
	const sessions = new Sessions(openDatabase());
	const id = sessions.mint('agent-one');
	expect(() => sessions.continue(id, 'agent-one')).not.toThrow();
	expect(() => sessions.continue(id, 'agent-two')).toThrow(
		expect.objectContaining({ status: 409, code: 'CONFLICT' }),
	);
});

test('the sessions of an agent are listed newest first, with their messages counted', async () => {
	const sandbox = await garden();
	const first = await ask(sandbox, { message: 'cactus' });
	await ask(sandbox, { message: 'go on', session_id: first.sessionId });
	const second = await ask(sandbox, { message: 'tomatoes' });
	const path = `/api/v2/agents/${sandbox.agentId}/sessions`;
	const all = await call(sandbox, `GET ${path}`, { key: sandbox.keys.member });
	const listed = WireSession.array().parse(all.body.at('data'));
	expect(listed.map(({ id, message_count }) => [id, message_count])).toEqual([
		[second.sessionId, 2],
		[first.sessionId, 4],
	]);
	const page = await call(sandbox, `GET ${path}?limit=1&offset=1`);
	expect(page.body.at('data.0.id')).toBe(first.sessionId);
	expect(page.body.at('data.1')).toBeUndefined();
	expect((await call(sandbox, `GET ${path}?limit=0`)).status).toBe(400);
	expect((await call(sandbox, 'GET /api/v2/agents/nobody/sessions')).status).toBe(403);
});

test('a session ends a day after its last turn, and is listed only when expired ones are asked for', async () => {
	const database = join(folder(), 'sandbox.db');
	const options = { port: 0, library: [folder(GARDEN)], database, tokenDelayMs: 0 };
	const before = await startSandbox(options);
	const { sessionId } = await ask(before, { message: 'cactus' });
	await before.close();
	const file = new DatabaseSync(database);
	file.exec(`UPDATE sessions SET updated_at = updated_at - ${24 * 60 * 60 * 1000}`);
	file.close();

	const sandbox = await garden(options);
	const body = { message: 'go on', session_id: sessionId };
	const path = `/api/v2/agents/${sandbox.agentId}`;
	expect((await call(sandbox, `POST ${path}/stream`, { body })).status).toBe(404);
	expect((await call(sandbox, `GET ${path}/sessions`)).body.at('data')).toEqual([]);
	const all = await call(sandbox, `GET ${path}/sessions?include_expired=true`);
	expect(all.body.at('data.0.id')).toBe(sessionId);
});
