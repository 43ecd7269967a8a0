import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchLike } from '../src/index.ts';
import { certify } from './certificates.ts';
import { CALLS, expectOutcome, faultCase, outcomeOf, watchedClient } from './fault-cases.ts';
import { healthy, startFaultServer } from './fault-server.ts';

const run = promisify(execFile);

const both = (['idempotent', 'sideEffect'] as const).flatMap(requestClass =>
	Object.entries(CALLS[requestClass]).map(([name, call]) => ({ requestClass, name, call })),
);

function expectedOf(id: string, requestClass: 'idempotent' | 'sideEffect') {
	const expected = faultCase(id).expect[requestClass];
	return expected === '*' || expected === null ? expect.unreachable(id) : expected;
}

/** This fetch, and how often it was called. */
function counting(fetch: FetchLike) {
	const counted = {
		calls: 0,
		fetch: (...request: Parameters<FetchLike>) => {
			counted.calls++;
			return fetch(...request);
		},
	};
	return counted;
}

describe('without a connection', () => {
	it.each(both)(
		'F001 (refused) $name fails as network and carries ECONNREFUSED',
		async ({ requestClass, call }) => {
			// Nobody is given a port this low, as a port that was just closed may be.
			const counted = counting(globalThis.fetch);
			const { client, watch } = watchedClient('http://127.0.0.1:2', { fetch: counted.fetch });
			const outcome = await outcomeOf(() => call(client));
			expectOutcome(expectedOf('F001', requestClass), outcome, counted.calls, watch.retries);
			expect(outcome.error).toMatchObject({ effect: 'none' });
		},
	);

	// A full accept queue cannot be had reliably on loopback, where the kernel may answer for the listener: this
	// fetch fails as undici does after its 10 s.
	it.each(both)('F003 (timed out) $name fails as network or timeout', async ({ requestClass, call }) => {
		const cause = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
		const counted = counting(() => Promise.reject(new TypeError('fetch failed', { cause })));
		const { client, watch } = watchedClient('http://127.0.0.1:9999', { fetch: counted.fetch });
		const outcome = await outcomeOf(() => call(client));
		expectOutcome(expectedOf('F003', requestClass), outcome, counted.calls, watch.retries);
		expect(outcome.error).toMatchObject({ effect: 'none' });
	});
});

describe('with a certificate that is', () => {
	let folder = '';
	const at = (name: string) => join(folder, name);

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'agent-client-tls-'));
		const day = 86_400_000;
		const ca = await certify({ name: 'ca', validForMs: 2 * day });
		const issued = {
			ca,
			self: await certify({ name: 'self', ip: '127.0.0.1', validForMs: 2 * day }),
			good: await certify({ name: 'good', ip: '127.0.0.1', validForMs: 2 * day, issuer: ca }),
			other: await certify({ name: 'other.example', validForMs: 2 * day, issuer: ca }),
			expired: await certify({ name: 'expired', ip: '127.0.0.1', validForMs: -day, issuer: ca }),
		};
		for (const [name, { pem, keyPem }] of Object.entries(issued)) {
			await writeFile(at(`${name}.pem`), pem);
			await writeFile(at(`${name}.key`), keyPem);
		}
	});

	afterAll(() => rm(folder, { recursive: true, force: true }));

	/** All four calls, in a process of its own that trusts the CA. */
	async function callsTo(certificate: string, environment: NodeJS.ProcessEnv = {}) {
		const tls = {
			key: await readFile(at(`${certificate}.key`)),
			cert: await readFile(at(`${certificate}.pem`)),
		};
		const server = await startFaultServer(healthy, tls);
		try {
			const script = new URL('./tls-child.mjs', import.meta.url).pathname;
			const env = {
				...process.env,
				NODE_EXTRA_CA_CERTS: at('ca.pem'),
				NODE_NO_WARNINGS: '1',
				...environment,
			};
			const { stdout } = await run(process.execPath, [script, server.url], { env });
			const outcomes: Record<string, Record<string, unknown>> = JSON.parse(stdout);
			return { outcomes, connections: server.connections(), requests: server.requests };
		} finally {
			await server.close();
		}
	}

	it.each([
		['F008', 'self', 'self-signed'],
		['F009', 'expired', 'expired'],
		['F010', 'other', "another host's"],
	])('%s: (%s) %s, every call fails at once, as network and not retryable', async (id, certificate) => {
		const { outcomes, connections, requests } = await callsTo(certificate);
		for (const { requestClass, name } of both) {
			const { kind, retryable, cause, attempts } = expectedOf(id, requestClass);
			expect(outcomes[name]).toMatchObject({ kind, retryable, effect: 'none', attempts });
			expect(outcomes[name]?.codes).toContain(cause);
		}
		expect(connections).toBe(both.length);
		expect(requests).toEqual([]);
	});

	it('F133: refused stays refused: the client neither sets nor needs NODE_TLS_REJECT_UNAUTHORIZED', async () => {
		const { outcomes } = await callsTo('self', { NODE_TLS_REJECT_UNAUTHORIZED: undefined });
		expect(outcomes.listAgents).toMatchObject({ kind: 'network', rejectUnauthorized: null });
	});

	it('good, every call succeeds, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
		for (const value of [undefined, '0', '1']) {
			const { outcomes, requests } = await callsTo('good', { NODE_TLS_REJECT_UNAUTHORIZED: value });
			for (const { name } of both) {
				expect(outcomes[name]).toMatchObject({ resolved: true, rejectUnauthorized: value ?? null });
			}
			expect(requests).toHaveLength(both.length);
		}
	});
});
