import { describe, expect, it, vi } from 'vitest';
import { configError, protocolError, ZihinAgentError } from './errors.ts';

const FIELDS = {
	kind: 'server',
	message: 'The server answered 500.',
	status: 500,
	retryable: true,
	endpoint: 'GET llm.zihin.ai/api/v2/agents',
	requestId: 'req_1',
	code: 'ENGINE_ERROR',
	traceId: 'trace_1',
	retryAfterMs: 0,
	executionId: 'exec_1',
	sessionId: 'session_1',
	effect: 'unknown',
} as const;

describe('a ZihinAgentError', () => {
	it('is an Error with the fields that it was made of', () => {
		const cause = new Error('root');
		const error = new ZihinAgentError({ ...FIELDS, cause });
		expect(error).toBeInstanceOf(Error);
		expect(error).toMatchObject({ ...FIELDS, name: 'ZihinAgentError', cause });
		expect(String(error)).toBe('ZihinAgentError: The server answered 500.');
	});

	it('is neither retryable nor of any effect unless it says so, and has no cause of its own', () => {
		const error = new ZihinAgentError({ kind: 'config', message: 'x' });
		expect(error).toMatchObject({ retryable: false, effect: 'none', status: undefined });
		expect(Object.hasOwn(error, 'cause')).toBe(false);
	});

	it('is recognised across two copies of this package, in which instanceof lies', async () => {
		vi.resetModules();
		const otherCopy = await import('./errors.ts');
		expect(otherCopy.ZihinAgentError).not.toBe(ZihinAgentError);
		const foreign = otherCopy.configError('x');
		expect(foreign).not.toBeInstanceOf(ZihinAgentError);
		expect(ZihinAgentError.is(foreign)).toBe(true);
		expect(otherCopy.ZihinAgentError.is(configError('x'))).toBe(true);
	});

	it.each([
		new Error('x'),
		{ name: 'ZihinAgentError', kind: 'config' },
		'ZihinAgentError',
		null,
		undefined,
		7,
	])('is not what %s is taken for', value => {
		expect(ZihinAgentError.is(value)).toBe(false);
	});

	it('becomes JSON with its fields, without its stack and its cause', () => {
		const error = new ZihinAgentError({ ...FIELDS, cause: new Error('root') });
		expect(JSON.parse(JSON.stringify(error))).toEqual({ ...FIELDS, name: 'ZihinAgentError' });
	});

	it('becomes JSON without the fields that it does not have', () => {
		expect(JSON.parse(JSON.stringify(configError('x')))).toEqual({
			name: 'ZihinAgentError',
			message: 'x',
			kind: 'config',
			retryable: false,
			effect: 'none',
		});
	});

	it('of kind protocol leaves open what happened, unless its maker knows', () => {
		expect(protocolError('x')).toMatchObject({ kind: 'protocol', effect: 'unknown', retryable: false });
		expect(protocolError('x', { effect: 'none', status: 204 })).toMatchObject({
			effect: 'none',
			status: 204,
		});
	});
});
