import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	CALLS,
	type Expectation,
	expectOutcome,
	faultCases,
	outcomeOf,
	socketsReleased,
	watchedClient,
} from './fault-cases.ts';
import { type Scenario, scenarios } from './fault-scenarios.ts';
import { answer, type FaultServer, startFaultServer } from './fault-server.ts';

const rejections: unknown[] = [];
const note = (reason: unknown) => void rejections.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

/** Every row as one test for each call of its class that can meet the fault. */
const rows = faultCases.flatMap(row => {
	const scenario = scenarios[row.id];
	if (scenario === undefined) return [];
	return (['idempotent', 'sideEffect'] as const).flatMap(requestClass => {
		const expected = row.expect[requestClass];
		if (expected === '*' || expected === null) return [];
		// Where reads are left out, the fault is one of event streams.
		const calls = Object.entries(CALLS[requestClass]).filter(
			([name]) => name !== 'dispatchAgent' || !isStreamOnly(row.expect.idempotent) || row.id === 'F046',
		);
		return calls.map(([callName, call]) => ({
			row,
			scenario,
			expected,
			callName,
			call,
			ends: endOf(expected),
		}));
	});
});

function isStreamOnly(idempotent: Expectation | '*' | null): boolean {
	return idempotent === '*';
}

function endOf({ kind, attempts, resolves }: Expectation): string {
	return `${resolves ? 'succeeds' : `fails as ${kind}`} after ${attempts} attempts`;
}

function serversOf(scenario: Scenario, abort: (reason?: unknown) => void) {
	const served = scenario.serve(abort);
	return typeof served === 'function' ? [served] : Object.values(served);
}

describe('with a faulty server', () => {
	it.each(rows)('$row.id ($row.name) $callName $ends', async ({ row, scenario, expected, call }) => {
		const caller = new AbortController();
		if (scenario.abortedBefore) caller.abort();
		for (const behaviour of serversOf(scenario, reason => caller.abort(reason))) {
			const server = await startFaultServer(behaviour);
			try {
				await judge(row.timeoutMs, scenario, expected, server, client => call(client, caller.signal));
				await socketsReleased(server);
			} finally {
				await server.close();
			}
		}
		expect(rejections).toEqual([]);
	});
});

type ClientCall = (client: ReturnType<typeof watchedClient>['client']) => Promise<unknown>;

async function judge(
	timeoutMs: number | undefined,
	scenario: Scenario,
	expected: Expectation,
	server: FaultServer,
	call: ClientCall,
) {
	const { client, watch } = watchedClient(scenario.baseUrl?.(server.url) ?? server.url, {
		...(timeoutMs === undefined ? {} : { timeoutMs }),
		...(scenario.realSleep ? { sleep: undefined } : {}),
		...scenario.options,
	});
	const outcome = await outcomeOf(() => call(client));
	// A TLS greeting on a plain port never becomes a request.
	const attempts = scenario.baseUrl === undefined ? server.requests.length : server.connections();
	expectOutcome(expected, outcome, attempts, watch.retries);
	if (expected.tolMs !== undefined) {
		const limit = timeoutMs ?? scenario.options?.timeoutMs ?? 0;
		expect(outcome.elapsedMs).toBeGreaterThan(limit - 5);
		expect(outcome.elapsedMs).toBeLessThan(limit + 10 * expected.tolMs);
	}
	expect(watch.runningDeadlines).toBe(0);
	expect(watch.errors).toBe(outcome.error === undefined ? 0 : 1);
}

describe('a redirect', () => {
	it.each([301, 302, 303, 307, 308])(
		'F019 (%i to another host) fails as protocol, and the other host hears nothing',
		async status => {
			const elsewhere = await startFaultServer(answer({}));
			const location = `${elsewhere.url}/api/v2/agents`;
			const server = await startFaultServer(answer({ status, headers: { location } }));
			try {
				for (const call of [...Object.values(CALLS.idempotent), ...Object.values(CALLS.sideEffect)]) {
					const { client } = watchedClient(server.url);
					const before = server.requests.length;
					const outcome = await outcomeOf(() => call(client));
					const expected = { kind: 'protocol', retryable: false, attempts: 1 };
					expectOutcome(expected, outcome, server.requests.length - before, 0);
				}
				expect(elsewhere.connections()).toBe(0);
			} finally {
				await server.close();
				await elsewhere.close();
			}
		},
	);
});

it('every row of the file is tested here, in connections.test.ts or in calls.test.ts', () => {
	const elsewhere = {
		connections: ['F001', 'F003', 'F008', 'F009', 'F010'],
		calls: ['F052', 'F064', 'F071', 'F078', 'F083', 'F126', 'F129', 'F131', 'F132', 'F133'],
	};
	const tested = [...Object.keys(scenarios), 'F019', ...elsewhere.connections, ...elsewhere.calls];
	expect(faultCases.map(({ id }) => id).filter(id => !tested.includes(id))).toEqual([]);
});
