import { type ErrorDetails, ZihinAgentError } from '@zihin/agent-client/core';
import { describe, expect, it } from 'vitest';
import { adviceLine, adviseOn, connectionAdviceLine } from './advice.ts';

const limits = {
	defaultTimeoutSeconds: 25,
	longestTimeoutSeconds: 25,
	longRunAdvice: 'Dispatch it instead.',
};
const advise = (details: Omit<ErrorDetails, 'message'>) =>
	adviceLine(new ZihinAgentError({ message: 'What the client said.', ...details }), limits);

describe('advice', () => {
	it.each<[string, Omit<ErrorDetails, 'message'>, RegExp]>([
		['a wrong input', { kind: 'config' }, /What the client said. Nothing was done. Change the value/],
		['a refused key', { kind: 'auth', status: 401 }, /key was refused.*Reconnect/],
		['a key with too small a role', { kind: 'auth', status: 403 }, /not allowed.*admin or editor/],
		['what does not exist', { kind: 'not_found', status: 404 }, /does not exist.*Pick the agent/],
		[
			'a rate limit',
			{ kind: 'rate_limit', retryable: true, retryAfterMs: 12_300 },
			/too many requests.*again in 13 s/,
		],
		['a rate limit without a time', { kind: 'rate_limit', retryable: true }, /again in a minute/],
		['a used-up quota', { kind: 'rate_limit', retryable: false }, /quota.*used up.*console/],
		['a slow agent', { kind: 'timeout' }, /did not finish in time.*Dispatch it instead/],
		['a cancelled run', { kind: 'aborted' }, /was cancelled/],
		['a fault of the platform', { kind: 'server', status: 502 }, /could not complete.*again in a minute/],
		['an unreachable host', { kind: 'network' }, /could not be reached.*base URL/],
		['half an answer', { kind: 'protocol' }, /incomplete or not understood.*not used/],
		['anything else', { kind: 'unknown' }, /What the client said/],
	])('for %s says what happened and what to do', (_name, details, expected) => {
		expect(advise(details)).toMatch(expected);
	});

	it('warns before a repetition only where the agent may have run', () => {
		expect(advise({ kind: 'network', effect: 'unknown' })).toContain('may have run all the same');
		expect(advise({ kind: 'network', effect: 'none' })).not.toContain('may have run');
	});

	it('gives the request id for support', () => {
		expect(advise({ kind: 'server', requestId: 'req_1' })).toContain('Request ID for support: req_1.');
	});

	it('keeps the two sentences apart for platforms that show both', () => {
		const { message, nextStep } = adviseOn(new ZihinAgentError({ kind: 'config', message: 'No.' }), limits);
		expect([message, nextStep]).toEqual([
			'No.',
			'Nothing was done. Change the value and run the step again.',
		]);
	});

	it('for the test of a connection speaks of the connection', () => {
		const test = (details: Omit<ErrorDetails, 'message'>) =>
			connectionAdviceLine(new ZihinAgentError({ message: 'What the client said.', ...details }), limits);
		expect(test({ kind: 'not_found', status: 404 })).toMatch(/no Zihin at this address.*base URL/);
		expect(test({ kind: 'config' })).toMatch(/test the connection again/);
		expect(test({ kind: 'auth', status: 401 })).toMatch(/key was refused/);
	});
});
