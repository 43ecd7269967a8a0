import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { SANDBOX_AGENT_ID, SANDBOX_KEYS } from '../src/index.ts';
import { folder, GARDEN, Json, until } from './harness.ts';

/** `SANDBOX_KILLS=200 pnpm exec vitest run test/kill-nine.test.ts` for a long run. */
const KILLS = Number(process.env.SANDBOX_KILLS ?? 20);
const CHILD = join(import.meta.dirname, 'kill-nine-child.ts');
const CALLERS = 4;
const TERMINAL = ['completed', 'failed', 'timeout', 'cancelled'];

interface Child {
	readonly process: ChildProcess;
	readonly url: Promise<string | undefined>;
	readonly exited: Promise<unknown>;
}

function start(database: string, library: string, tokenDelayMs = 0): Child {
	const args = ['--disable-warning=ExperimentalWarning', CHILD, database, library, String(tokenDelayMs)];
	const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
	onTestFinished(() => void child.kill('SIGKILL'));
	const exited = once(child, 'exit');
	const url = Promise.race([
		once(child.stdout, 'data').then(([line]) => String(line).trim()),
		exited.then(() => undefined),
	]);
	return { process: child, url, exited };
}

async function post(
	url: string,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: Json }> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'X-Api-Key': SANDBOX_KEYS.admin, 'Content-Type': 'application/json', ...headers },
		body: JSON.stringify(body),
	});
	return { status: response.status, body: new Json(await response.json()) };
}

async function newTrigger(url: string, callbackUrl: string): Promise<string> {
	const execution = { mode: 'async', callback: { url: callbackUrl } };
	const answer = await post(`${url}/api/triggers`, {
		agent_id: SANDBOX_AGENT_ID,
		name: 'Load',
		trigger_type: 'webhook',
		trigger_config: { auth: { type: 'api_key' }, execution },
	});
	expect(answer.status).toBe(201);
	return answer.body.text('data.id');
}

/** Dispatches one after the other until the sandbox is gone, and notes what was accepted. */
async function caller(url: string, callbackUrl: string, accepted: string[]): Promise<void> {
	for (;;) {
		try {
			const trigger = await newTrigger(url, callbackUrl);
			for (let n = 0; n < 10; n++) {
				const answer = await post(`${url}/api/triggers/webhook/${trigger}`, { message: 'cactus' });
				expect(answer.status).toBe(202);
				accepted.push(answer.body.text('execution_id'));
			}
		} catch (error) {
			// fetch says nothing more of a connection that was cut than that it is a TypeError or bad JSON.
			if (error instanceof TypeError || error instanceof SyntaxError) return;
			throw error;
		}
	}
}

/** Takes callbacks as a receiver on a bad day does: some with an error, some not at all, some slowly. */
async function moodyReceiver() {
	const mood = { good: false };
	const ids = new Map<string, Set<string>>();
	let requests = 0;
	const server = createServer((request, response) => {
		request.resume();
		request.on('end', () => {
			requests++;
			const executionId = String(request.headers['x-zihin-execution-id']);
			const known = ids.get(executionId) ?? new Set();
			ids.set(executionId, known.add(String(request.headers['webhook-id'])));
			const chance = mood.good ? 1 : Math.random();
			if (chance < 0.1) response.writeHead(503).end();
			else if (chance < 0.2) request.socket.destroy();
			else if (chance < 0.4) setTimeout(() => response.end(), 50);
			else response.end();
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.close();
		server.closeAllConnections();
	});
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/`, ids, mood, requests: () => requests };
}

/** Writes down each time that an execution begins, where no sandbox can take it back. */
function logBeginnings(database: string): void {
	const log = new DatabaseSync(database);
	log.exec(`CREATE TABLE begun (id TEXT);
		CREATE TRIGGER log_beginnings AFTER UPDATE OF status ON executions WHEN NEW.status = 'running'
		BEGIN INSERT INTO begun VALUES (NEW.id); END`);
	log.close();
}

test(`after ${KILLS} times kill -9 under load nothing accepted is lost, untold or done twice`, {
	timeout: 60_000 + KILLS * 10_000,
}, async () => {
	const [database, library] = [join(folder(), 'sandbox.db'), folder(GARDEN)];
	const receiver = await moodyReceiver();
	const first = start(database, library);
	expect(await first.url).toBeDefined();
	first.process.kill('SIGKILL');
	await first.exited;
	logBeginnings(database);

	const accepted: string[] = [];
	for (let kill = 0; kill < KILLS; kill++) {
		// Every fourth time two sandboxes share the file, every fifth one is killed while it starts, and in every
		// second one the runs take long enough to be cut themselves.
		const tokenDelayMs = kill % 2 === 0 ? 0 : 5;
		const children = Array.from({ length: kill % 4 === 3 ? 2 : 1 }, () =>
			start(database, library, tokenDelayMs),
		);
		const callers = children.map(async ({ url: starting }) => {
			const url = await starting;
			if (url === undefined) return;
			await Promise.all(Array.from({ length: CALLERS }, () => caller(url, receiver.url, accepted)));
		});
		if (kill % 5 !== 4) await Promise.all(children.map(({ url }) => url));
		for (const child of children) {
			await sleep(Math.random() * 500);
			child.process.kill('SIGKILL');
			await child.exited;
		}
		await Promise.all(callers);
	}

	receiver.mood.good = true;
	const last = start(database, library);
	await last.url;
	const reading = new DatabaseSync(database, { readOnly: true });
	const open = reading.prepare(
		`SELECT (SELECT count(*) FROM executions WHERE status IN ('pending', 'running'))
			+ (SELECT count(*) FROM callbacks WHERE status IN ('waiting', 'pending')) AS n`,
	);
	await until(() => (open.get()?.n === 0 ? true : undefined));
	last.process.kill('SIGTERM');
	expect(await last.exited).toEqual([0, null]);

	expect(reading.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
	const rows = reading
		.prepare(
			`SELECT executions.id, executions.status, callbacks.status AS callback FROM executions
			JOIN callbacks ON execution_id = executions.id`,
		)
		.all();
	const byId = new Map(rows.map(row => [String(row.id), row]));
	expect(accepted.filter(id => !TERMINAL.includes(String(byId.get(id)?.status)))).toEqual([]);
	// A run whose 202 was cut off is as good as any other.
	expect(rows.filter(({ callback }) => callback !== 'delivered')).toEqual([]);
	for (const id of byId.keys()) expect([...(receiver.ids.get(id) ?? [])]).toEqual([`msg_${id}`]);
	expect(reading.prepare('SELECT id FROM begun GROUP BY id HAVING count(*) > 1').all()).toEqual([]);
	const count = (status: string) => rows.filter(row => row.status === status).length;
	console.log(
		`kills ${KILLS}, accepted ${accepted.length}, executions ${rows.length} (completed ${count('completed')}, ` +
			`failed ${count('failed')}), callback requests ${receiver.requests()}`,
	);
	expect(count('completed')).toBeGreaterThan(0);
	reading.close();
});

test('killed between the answer of the receiver and its own note of it, the sandbox sends again under the same id', async () => {
	const [database, library] = [join(folder(), 'sandbox.db'), folder(GARDEN)];
	const ids: unknown[] = [];
	const first = start(database, library);
	const server = createServer((request, response) => {
		ids.push(request.headers['webhook-id']);
		if (ids.length === 1) first.process.kill('SIGKILL');
		response.end();
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.close();
		server.closeAllConnections();
	});
	const url = String(await first.url);
	const trigger = await newTrigger(url, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
	await post(`${url}/api/triggers/webhook/${trigger}`, { message: 'cactus' }).catch(() => {});
	await first.exited;
	start(database, library);
	await until(() => ids[1]);
	expect(ids[1]).toBe(ids[0]);
});

test('of two processes that get a new Idempotency-Key at the same moment one begins the run', async () => {
	const database = join(folder(), 'sandbox.db');
	const library = folder(GARDEN);
	const first = start(database, library);
	const urls = [await first.url, await start(database, library).url];
	const trigger = await newTrigger(urls[0] ?? '', 'http://127.0.0.1:9/nobody');
	for (let n = 0; n < 100; n++) {
		const answers = await Promise.all(
			urls.map(url =>
				post(
					`${url}/api/triggers/webhook/${trigger}`,
					{ message: 'cactus' },
					{ 'Idempotency-Key': `key-${n}` },
				),
			),
		);
		expect(answers.map(({ status }) => status)).toEqual([202, 202]);
		expect(new Set(answers.map(({ body }) => body.text('execution_id'))).size).toBe(1);
	}
});
