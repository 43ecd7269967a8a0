import { describe, expect, it } from 'vitest';
import type { Field, FieldKind } from './fields.ts';
import { readChoice, readNumber, readRequiredText, readSwitch, readText } from './inputs.ts';

const field = (kind: FieldKind): Field => ({
	key: 'value',
	label: 'The Value',
	description: '',
	kind,
	required: false,
});
const text = field('text');

describe('a text', () => {
	it.each(['Hello', ' padded ', '{{name}}', '0', '\u0007'])(
		'%j is read exactly as it was handed over',
		value => {
			expect(readText({ value }, text)).toBe(value);
		},
	);

	it.each([[undefined], [null], ['']])('%j counts as not set', value => {
		expect(readText({ value }, text)).toBeUndefined();
		expect(() => readRequiredText({ value }, text)).toThrow('The Value is empty: fill it in.');
	});

	it.each([[1], [true], [{}], [['a']]])('%j is no text', value => {
		expect(() => readText({ value }, text)).toThrow('The Value must be a text.');
	});
});

describe('a number', () => {
	it.each([
		[0, 0],
		[0.5, 0.5],
		['0.5', 0.5],
		[' 2 ', 2],
		['', undefined],
		[null, undefined],
		[undefined, undefined],
	])('%j is read as %j', (value, expected) => {
		expect(readNumber({ value }, field('number'), 0)).toBe(expected);
	});

	it.each([['hot'], [' '], ['1,5'], [-1], ['Infinity'], [Number.NaN], [true], [{}]])(
		'%j is refused',
		value => {
			expect(() => readNumber({ value }, field('number'), 0)).toThrow(
				'The Value must be a number, 0 or more.',
			);
		},
	);

	it('a whole number has no fraction', () => {
		expect(readNumber({ value: '12' }, field('integer'), 1)).toBe(12);
		expect(() => readNumber({ value: 1.5 }, field('integer'), 1)).toThrow(
			'must be a whole number, 1 or more',
		);
	});
});

describe('a switch', () => {
	it.each([
		[true, true],
		['true', true],
		[false, false],
		['false', false],
		['', false],
		[undefined, false],
	])('%j is read as %j', (value, expected) => {
		expect(readSwitch({ value }, field('boolean'))).toBe(expected);
	});

	it.each([['yes'], [1], [{}]])('%j is refused rather than guessed', value => {
		expect(() => readSwitch({ value }, field('boolean'))).toThrow('The Value must be true or false.');
	});
});

describe('a choice', () => {
	it('is one of the values, or not set', () => {
		expect(readChoice({ value: 'b' }, field('choice'), ['a', 'b'])).toBe('b');
		expect(readChoice({ value: '' }, field('choice'), ['a', 'b'])).toBeUndefined();
		expect(() => readChoice({ value: 'c' }, field('choice'), ['a', 'b'])).toThrow('must be one of a, b');
	});
});

it('a blank switch is what its field says by default', () => {
	expect(readSwitch({}, { ...field('boolean'), default: true })).toBe(true);
	expect(readSwitch({ value: false }, { ...field('boolean'), default: true })).toBe(false);
});
