import { notFound, redirect } from 'next/navigation.js';
import { expect, it } from 'vitest';
import { ApiError, zoneAction } from '../src/zone/index.ts';

it('gives what the action gives, with the arguments that it was called with', async () => {
	const add = zoneAction(async (a: number, b: number) => ({ sum: a + b }));
	expect(await add(1, 2)).toEqual({ sum: 3 });
});

it.each([
	[new ApiError({ status: 409, message: 'No.', body: null, method: 'GET', path: '/' }), 'No.'],
	[new TypeError('payload has to be a JSON object.'), 'payload has to be a JSON object.'],
	['a text', 'Unknown error'],
])('what it throws becomes { error }', async (thrown, error) => {
	const failing = zoneAction(async () => {
		throw thrown;
	});
	expect(await failing()).toEqual({ error });
});

it.each([() => redirect('/elsewhere'), notFound])("Next's own signals pass", async leave => {
	await expect(zoneAction(async () => leave())()).rejects.toMatchObject({
		digest: expect.stringMatching(/^NEXT_/),
	});
});
