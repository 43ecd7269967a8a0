import type { FetchInit } from '@zihin/agent-client';
import { chance, pick } from './chance.ts';

/** Longer than the client waits for an answer, so that a dispatch arrives when its caller has given it up. */
const TOO_LATE = 'delay=2500';

const ON_ANY_CALL = {
	none: 80,
	'reset=before': 3,
	'reset=after': 4,
	'cut-body': 3,
	'500': 2,
	'503': 2,
	'429=0': 2,
	'html-page': 1,
	'delay=30': 3,
};
const ON_A_DISPATCH = {
	none: 32,
	'reset=before': 10,
	'reset=after': 20,
	'cut-body': 10,
	'500': 5,
	'503': 5,
	'429=0': 5,
	'html-page': 3,
	'delay=30': 4,
	[TOO_LATE]: 6,
};
const ON_ITS_CALLBACK = {
	none: 34,
	'callback-duplicate': 12,
	'callback-late=400': 12,
	'callback-early': 12,
	'callback-forged': 10,
	'callback-foreign': 10,
	'callback-lost': 10,
};

/** The sandbox's faults that befall a request; `names` tell it from every other. */
export function faultsOf(url: string, { method }: FetchInit, ...names: (string | number)[]): string[] {
	const isDispatch = method === 'POST' && /\/triggers\/webhook\//.test(url);
	const faults = isDispatch
		? [pick(ON_A_DISPATCH, chance(...names)), pick(ON_ITS_CALLBACK, chance(...names, 'callback'))]
		: [pick(ON_ANY_CALL, chance(...names))];
	return faults.filter(fault => fault !== 'none');
}

/** The names of all of them. */
export const FAULT_NAMES: readonly string[] = [
	...new Set(Object.keys({ ...ON_ANY_CALL, ...ON_A_DISPATCH, ...ON_ITS_CALLBACK })),
].filter(fault => fault !== 'none');
