import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { SandboxSetupError, startSandbox } from '../src/index.ts';
import { isTested, type SandboxCase, sandboxCases } from './case-files.ts';
import { call, eventually, folder, GARDEN, garden, raw, statusOf, until } from './harness.ts';

type Sandbox = Awaited<ReturnType<typeof garden>>;

/** A case that is different here on purpose, and why. */
const DIFFERENT: Record<string, string> = {
	S002: 'there is no option to listen on anything but loopback, so that the public keys stay harmless',
	S053: 'how keys are compared (auth.ts) does not show from outside, and no test here asserts a time',
};

/** Cases that have their test, under this title, where their subject is. */
const ELSEWHERE: Record<string, readonly [file: string, title: string]> = {
	S075: ['kill-nine.test.ts', 'times kill -9 under load nothing accepted is lost, untold or done twice'],
	S076: ['outbox.test.ts', 'an accepted run that had not begun is begun at the next start'],
	S077: ['outbox.test.ts', 'a callback that was being sent when its process died is sent again'],
	S078: ['kill-nine.test.ts', 'killed between the answer of the receiver and its own note of it'],
	S080: ['database.test.ts', 'what stands in the log alone is there after a copy of file and log'],
	S081: ['../README.md', 'A copy of the database file is complete only while the sandbox is stopped'],
	S082: ['database.test.ts', 'on a full disk a dispatch is refused, and what was accepted is intact'],
	S083: ['database.test.ts', 'a file that cannot be written to is refused'],
	S084: ['database.test.ts', 'a damaged database is refused'],
	S085: ['outbox.test.ts', 'two sandboxes on one file make each attempt once'],
	S087: ['database.test.ts', 'a database of schema %i is refused and left alone'],
	S088: ['outbox.test.ts', 'a callback that is due after the clock was set back comes all the same'],
	S091: ['database.test.ts', 'the file can be read by its owner only, and is kept in WAL mode'],
};

/** Cases that are no single request. */
const SCENES: Record<string, (sandbox: Sandbox) => Promise<void>> = {
	S001: async sandbox => {
		expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		for (const other of ['127.0.0.2', '[::1]']) {
			await expect(fetch(`http://${other}:${new URL(sandbox.url).port}/health`)).rejects.toThrow();
		}
	},
	S003: async sandbox => {
		const port = Number(new URL(sandbox.url).port);
		const second = startSandbox({ port, library: [folder(GARDEN)] });
		await expect(second).rejects.toBeInstanceOf(SandboxSetupError);
	},
	S004: async sandbox => {
		expect((await fetch(`${sandbox.url}/health`)).status).toBe(200);
	},
	S043: async sandbox => {
		const { headers } = await fetch(`${sandbox.url}/health`);
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('cache-control')).toBe('no-store');
		expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull();
	},
	S054: async sandbox => {
		const head = postHead(sandbox, [`Content-Length: ${2 ** 20 + 1}`]);
		expect(statusOf(await raw(sandbox, head))).toBe(413);
	},
	S057: async sandbox => {
		const head = postHead(sandbox, ['Content-Length: 2', 'Transfer-Encoding: chunked']);
		expect(statusOf(await raw(sandbox, head))).toBe(400);
	},
	S058: sandbox => posted(sandbox, '{}', 415, { 'Content-Encoding': 'gzip' }),
	S059: sandbox => posted(sandbox, '{', 400),
	S060: async sandbox => {
		for (const body of ['null', '[]', '"x"']) await posted(sandbox, body, 400);
	},
	S062: async sandbox => {
		await posted(sandbox, '{"agent_id":"none","agent_id":"of these"}', 400);
	},
	S063: sandbox => posted(sandbox, '['.repeat(100_000), 400),
	S067: async sandbox => {
		const port = Number(new URL(sandbox.url).port);
		const idle = Array.from({ length: 500 }, () => connect(port, '127.0.0.1'));
		onTestFinished(() => {
			for (const socket of idle) socket.destroy();
		});
		await Promise.all(idle.map(socket => new Promise(resolve => socket.once('connect', resolve))));
		expect((await fetch(`${sandbox.url}/health`)).status).toBe(200);
	},
	S070: async () => {
		const sandbox = await garden({ tokenDelayMs: 60_000 });
		const leaving = new AbortController();
		await fetch(`${sandbox.url}/api/v2/agents/${sandbox.agentId}/stream`, {
			method: 'POST',
			headers: { 'X-Api-Key': sandbox.keys.member, 'Content-Type': 'application/json' },
			body: '{"message":"cactus"}',
			signal: leaving.signal,
		});
		leaving.abort();
		await eventually(sandbox, ({ status }) => status === 'cancelled');
		expect((await call(sandbox, 'GET /health')).status).toBe(200);
	},
};

const CLOSE = 'Connection: close';

function postHead({ keys }: Sandbox, headers: readonly string[]): string[] {
	return [
		'POST /api/triggers HTTP/1.1',
		'Host: localhost:PORT',
		`X-Api-Key: ${keys.admin}`,
		'Content-Type: application/json',
		...headers,
	];
}

async function posted(sandbox: Sandbox, body: string, status: number, headers: Record<string, string> = {}) {
	const answer = await call(sandbox, 'POST /api/triggers', { body, headers });
	expect(answer.status).toBe(status);
	if (status === 400) expect(answer.body.at('error.code')).toBe('VALIDATION_ERROR');
}

const SPELLED: Record<string, (sandbox: Sandbox) => string> = {
	VALID: ({ keys }) => keys.admin,
	OTHER: ({ keys }) => keys.editor,
	MEMBER: ({ keys }) => keys.member,
};

/** The request that a case describes, line by line, with P for the port and names for the keys. */
function requestOf({ group, name, input }: SandboxCase, sandbox: Sandbox): string[] {
	if (input === null || typeof input === 'string') throw new Error(`${name} is no request.`);
	const { host, raw: line, rawHeaders = [], method, url = '', ...headers } = input;
	const spelled = (text: string) =>
		text
			.replace(/:P\b/g, ':PORT')
			.replace(/\b(?:VALID|OTHER|MEMBER)\b/g, word => SPELLED[word]?.(sandbox) ?? word);
	if (line !== undefined) return [line, ...(host === undefined ? [] : [`Host: ${spelled(host)}`])];
	const creates = method === 'POST' || name.includes('createTrigger');
	const path = group === 'host' || group === 'browser' ? '/health' : `/api/v2/agents${spelled(url)}`;
	const body = creates ? ['Content-Length: 2'] : [];
	const isHostGiven = rawHeaders.some(header => header.startsWith('Host:'));
	return [
		`${method ?? (creates ? 'POST' : 'GET')} ${creates ? '/api/triggers' : path} HTTP/1.1`,
		...(isHostGiven ? [] : [`Host: ${spelled(host ?? 'localhost:P')}`]),
		...rawHeaders.map(spelled),
		...Object.entries(headers).map(([header, value]) => `${header}: ${spelled(String(value))}`),
		...(creates && !('content-type' in headers) ? ['Content-Type: application/json'] : []),
		...body,
		CLOSE,
	];
}

/** `403 unless configured`, `400|403|404`, `pass`, `closed`, `401 {…}`: what the answer has to be. */
function expectAnswer(answer: string, expected: string): void {
	expect(answer).not.toMatch(/access-control-allow/i);
	if (expected === 'closed') {
		expect(answer).toBe('');
		return;
	}
	const statuses = /^[\d|]+/.exec(expected)?.[0].split('|').map(Number);
	expect(statuses ?? [expected === 'pass' ? 200 : 403]).toContain(statusOf(answer));
	for (const [, code] of expected.replace(/\(.*\)/, '').matchAll(/(?:code|reason):"(\w+)"/g)) {
		expect(answer).toContain(`"${code}"`);
	}
}

for (const each of sandboxCases) {
	const { id, name, strength } = each;
	if (id in DIFFERENT) continue;
	test(`${id} (${strength}): ${name}`, async () => {
		const elsewhere = ELSEWHERE[id];
		if (elsewhere) {
			expect(isTested(...elsewhere)).toBe(true);
			return;
		}
		const sandbox = await garden();
		const scene = SCENES[id];
		if (scene) return scene(sandbox);
		const lines = requestOf(each, sandbox);
		const body = lines[0]?.startsWith('POST') ? '{}' : '';
		expectAnswer(await raw(sandbox, lines, body), each.expect);
	});
}

test('a case is different, elsewhere or a scene for one reason only, and none of these is out of date', () => {
	const named = [DIFFERENT, ELSEWHERE, SCENES].flatMap(Object.keys);
	expect(new Set(named).size).toBe(named.length);
	expect(named.filter(id => !sandboxCases.some(each => each.id === id))).toEqual([]);
});

test('no path lists files or leads out of the routes', async () => {
	const sandbox = await garden();
	for (const path of [
		'/../../etc/passwd',
		'/%2e%2e/%2e%2e/etc/passwd',
		'/src',
		'/package.json',
		'/api',
		'/.git/',
		'/console/',
		'/console/..%2fpackage.json',
	]) {
		const answer = await raw(sandbox, [`GET ${path} HTTP/1.1`, 'Host: localhost:PORT', CLOSE]);
		expect(statusOf(answer)).toBe(404);
	}
});

test('headers over 16 KiB are refused', async () => {
	const sandbox = await garden();
	const head = ['GET /health HTTP/1.1', 'Host: localhost:PORT', `X-Long: ${'x'.repeat(20_000)}`, CLOSE];
	expect(statusOf(await raw(sandbox, head))).toBe(431);
});

test('headers without end are refused, however short each one is', async () => {
	const sandbox = await garden();
	const many = Array.from({ length: 3_000 }, (_, n) => `X-${n}: x`);
	const answer = await raw(sandbox, ['GET /health HTTP/1.1', 'Host: localhost:PORT', ...many, CLOSE]);
	expect(statusOf(answer)).toBe(431);
});

test('a caller that never finishes its headers does not keep others from being answered', async () => {
	const sandbox = await garden();
	const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
	onTestFinished(() => void socket.destroy());
	socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
	await until(() => (socket.bytesWritten > 0 ? true : undefined));
	expect((await fetch(`${sandbox.url}/health`)).status).toBe(200);
});
