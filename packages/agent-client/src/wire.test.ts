import { describe, expect, it } from 'vitest';
import {
	isRecord,
	present,
	readBoolean,
	readList,
	readNumber,
	readRecord,
	readText,
	readUsage,
	readWireError,
} from './wire.ts';

describe('a field', () => {
	it('is found by the first of its names that is there in the right type', () => {
		expect(readText({ b: 'two', a: 'one' }, 'a', 'b')).toBe('one');
		expect(readText({ a: 7, b: 'two' }, 'a', 'b')).toBe('two');
		expect(readNumber({ a: '7', b: 8 }, 'a', 'b')).toBe(8);
	});

	it('keeps a meaningful 0, false and empty text', () => {
		expect(readText({ a: '' }, 'a')).toBe('');
		expect(readNumber({ a: 0 }, 'a')).toBe(0);
		expect(readBoolean({ a: false }, 'a')).toBe(false);
	});

	it('of another type is absent', () => {
		const record = { text: null, number: Number.NaN, list: {}, record: [], boolean: 'true' };
		expect(readText(record, 'text')).toBeUndefined();
		expect(readNumber(record, 'number')).toBeUndefined();
		expect(readList(record, 'list')).toBeUndefined();
		expect(readRecord(record, 'record')).toBeUndefined();
		expect(readBoolean(record, 'boolean')).toBeUndefined();
	});

	it('is never found on the prototype', () => {
		expect(readText({}, 'constructor', 'toString', '__proto__')).toBeUndefined();
		expect(readRecord({}, '__proto__')).toBeUndefined();
	});

	it('is left out of a result when it is absent, and only then', () => {
		const made = present({ a: undefined, b: null, c: 0, d: '', e: false });
		expect(Object.keys(made)).toEqual(['b', 'c', 'd', 'e']);
	});

	it.each([[null], [[]], ['x'], [7], [undefined]])('is not looked for in %j, which is no record', value => {
		expect(isRecord(value)).toBe(false);
	});
});

describe('usage', () => {
	it('is read under the newer names and under the older ones', () => {
		const expected = { inputTokens: 150, outputTokens: 200, totalTokens: 350, costUsd: 0.01 };
		const cost = { total_tokens: 350, cost_usd: 0.01 };
		expect(readUsage({ input_tokens: 150, output_tokens: 200, ...cost })).toEqual(expected);
		expect(readUsage({ prompt_tokens: 150, completion_tokens: 200, ...cost })).toEqual(expected);
	});

	it('of zero is a count', () => {
		const zero = { input_tokens: 0, output_tokens: 0, total_tokens: 0, cost_usd: 0 };
		expect(readUsage(zero)).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 0, costUsd: 0 });
		expect(readUsage({ input_tokens: 0, prompt_tokens: 9 })).toEqual({ inputTokens: 0 });
	});

	it('is summed up where the server gives no total, and not where a part is missing', () => {
		expect(readUsage({ input_tokens: 3, output_tokens: 4 })).toMatchObject({ totalTokens: 7 });
		expect(readUsage({ input_tokens: 3 })).toEqual({ inputTokens: 3 });
		expect(readUsage(undefined)).toBeUndefined();
	});
});

describe('an error body', () => {
	it('is read in its flat shape', () => {
		const flat = { error: 'invalid_api_key', message: 'No.', status: 'error', request_id: 'r1' };
		expect(readWireError(flat)).toMatchObject({ code: 'invalid_api_key', message: 'No.', requestId: 'r1' });
	});

	it('is read in its nested shape, its ids inside or beside it', () => {
		const nested = {
			error: {
				code: 'FORBIDDEN',
				message: 'No.',
				trace_id: 't1',
				details: { reason: 'AGENT_ACCESS_DENIED' },
			},
			request_id: 'r1',
			execution_id: 'e1',
		};
		expect(readWireError(nested)).toMatchObject({
			code: 'FORBIDDEN',
			message: 'No.',
			reason: 'AGENT_ACCESS_DENIED',
			requestId: 'r1',
			traceId: 't1',
			executionId: 'e1',
			timedOut: false,
		});
	});

	it('is read as the code and message at the root of an error event', () => {
		expect(readWireError({ code: 'X', message: 'No.', timed_out: true })).toMatchObject({
			code: 'X',
			message: 'No.',
			timedOut: true,
		});
	});

	it('with nothing but a text in error is that text', () => {
		expect(readWireError({ success: false, error: 'No agent.' })).toMatchObject({ message: 'No agent.' });
	});

	it.each([[null], [[]], ['boom'], [7], [undefined]])('that is %j says nothing', body => {
		expect(readWireError(body)).toMatchObject({ code: undefined, message: undefined, timedOut: false });
	});
});
