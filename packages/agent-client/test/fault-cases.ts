import { expect } from 'vitest';
import { type CreateClientOptions, createClient, type ZihinClient } from '../src/index.ts';
import { deadline as realDeadline } from '../src/timers.ts';
import { type CaseFile, FAKE_KEY, readCases } from './cases.ts';
import type { FaultServer } from './fault-server.ts';
import { everyViewOf } from './views.ts';

export interface Expectation {
	readonly kind?: string;
	readonly retryable?: boolean | '*';
	readonly attempts?: number | string;
	readonly cause?: string;
	readonly status?: number;
	readonly code?: string;
	readonly resolves?: boolean;
	readonly onRetry?: number;
	readonly minMs?: number;
	readonly maxMs?: number;
	readonly tolMs?: number;
	readonly messageNames?: string;
	readonly content?: string;
	readonly rssGrowthMaxMB?: number;
	readonly postcondition?: string;
	readonly note?: string;
}

export interface FaultCase {
	readonly id: string;
	readonly group: string;
	readonly name: string;
	readonly timeoutMs?: number;
	readonly expect: {
		readonly idempotent: Expectation | '*' | null;
		readonly sideEffect: Expectation | '*' | null;
	};
}

const file = readCases<CaseFile<FaultCase> & { defaults: { maxRetries: number; timeoutMs: number } }>(
	'fault-cases',
);
export const faultCases = file.cases;

export function faultCase(id: string): FaultCase {
	return faultCases.find(row => row.id === id) ?? expect.unreachable(`no case ${id}`);
}

type Call = (client: ZihinClient, signal?: AbortSignal) => Promise<unknown>;

/** The calls that stand for the two classes. The first of each is a stream, or a list. */
export const CALLS: Readonly<Record<'idempotent' | 'sideEffect', Readonly<Record<string, Call>>>> = {
	idempotent: {
		listAgents: (client, signal) => client.listAgents({ signal }),
		getExecution: (client, signal) => client.getExecution({ triggerId: 't1', executionId: 'e1', signal }),
	},
	sideEffect: {
		invokeAgent: (client, signal) => client.invokeAgent({ agentId: 'a1', message: 'hi', signal }),
		dispatchAgent: (client, signal) =>
			client.dispatchAgent({ triggerId: 't1', payload: { message: 'hi' }, signal }),
	},
};

/** A client whose timers and retries are counted. It does not wait between attempts unless told to. */
export function watchedClient(baseUrl: string, options: Partial<CreateClientOptions> = {}) {
	const watch = { runningDeadlines: 0, retries: 0, errors: 0 };
	const client = createClient({
		apiKey: FAKE_KEY,
		baseUrl,
		allowHttp: true,
		maxRetries: file.defaults.maxRetries,
		timeoutMs: file.defaults.timeoutMs,
		sleep: async () => {},
		onRetry: () => void watch.retries++,
		onError: () => void watch.errors++,
		deadline: ms => {
			const { signal, clear } = realDeadline(ms);
			watch.runningDeadlines++;
			return {
				signal,
				clear: () => {
					watch.runningDeadlines--;
					clear();
				},
			};
		},
		...options,
	});
	return { client, watch };
}

export interface Outcome {
	readonly value?: unknown;
	readonly error?: unknown;
	readonly elapsedMs: number;
	readonly rssGrowthMB: number;
}

/** Runs a call to its end; samples the memory meanwhile. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
	const before = process.memoryUsage.rss();
	let highest = before;
	const sample = () => {
		highest = Math.max(highest, process.memoryUsage.rss());
	};
	const sampling = setInterval(sample, 10);
	const started = performance.now();
	const settled = await call().then(
		value => ({ value }),
		(error: unknown) => ({ error }),
	);
	const elapsedMs = performance.now() - started;
	clearInterval(sampling);
	sample();
	return { ...settled, elapsedMs, rssGrowthMB: (highest - before) / 2 ** 20 };
}

const KINDS = [
	'config',
	'auth',
	'not_found',
	'rate_limit',
	'timeout',
	'aborted',
	'server',
	'network',
	'protocol',
	'unknown',
];

/** What holds of every failure, whatever the case. */
export function expectProperError(error: unknown): void {
	expect(error).toMatchObject({ name: 'ZihinAgentError', effect: expect.stringMatching(/^(none|unknown)$/) });
	expect(KINDS).toContain(Reflect.get(Object(error), 'kind'));
	expect(everyViewOf(error)).not.toContain(FAKE_KEY.slice('zhn_test_'.length));
}

export function expectOutcome(
	expected: Expectation,
	outcome: Outcome,
	attempts: number,
	retries: number,
): void {
	if (expected.resolves) expect(outcome.error).toBeUndefined();
	if (expected.kind !== undefined) {
		expectProperError(outcome.error);
		const { kind, retryable, status, code } = Object(outcome.error);
		expect(expected.kind.split('|')).toContain(kind);
		if (expected.retryable !== '*' && expected.retryable !== undefined)
			expect(retryable).toBe(expected.retryable);
		if (expected.status !== undefined) expect(status).toBe(expected.status);
		if (expected.code !== undefined) expect(code).toBe(expected.code);
	}
	if (expected.attempts !== undefined) {
		const [least = 0, most = least] = String(expected.attempts).split('..').map(Number);
		expect(attempts).toBeGreaterThanOrEqual(least);
		expect(attempts).toBeLessThanOrEqual(most);
	}
	if (expected.cause !== undefined) expect(codesOf(outcome.error)).toMatch(patternOf(expected.cause));
	if (expected.onRetry !== undefined) expect(retries).toBe(expected.onRetry);
	if (expected.minMs !== undefined) expect(outcome.elapsedMs).toBeGreaterThan(expected.minMs - 5);
	if (expected.maxMs !== undefined) expect(outcome.elapsedMs).toBeLessThan(expected.maxMs * 2);
	if (expected.rssGrowthMaxMB !== undefined)
		expect(outcome.rssGrowthMB).toBeLessThan(expected.rssGrowthMaxMB);
	if (expected.messageNames !== undefined) expect(String(outcome.error)).toContain(expected.messageNames);
	if (expected.content === 'contains U+FFFD')
		expect(outcome.value).toHaveProperty('content', 'a\ufffd\ufffdb');
	if (expected.postcondition === 'prototype clean')
		expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
}

/** The root causes' codes, one a line. */
export function codesOf(error: unknown): string {
	const codes: string[] = [];
	for (let link = error; link instanceof Error; link = link.cause) {
		const code: unknown = Reflect.get(link, 'code');
		codes.push(String(code));
	}
	return codes.join('\n');
}

function patternOf(cause: string): RegExp {
	return new RegExp(`^(?:${cause.replaceAll('*', '\\w*')})$`, 'm');
}

/** Waits until the client has let go of its connections; fails by the test's own timeout. */
export async function socketsReleased(server: FaultServer): Promise<void> {
	while (server.openSockets() > 0) await new Promise(resolve => setTimeout(resolve, 10));
}
