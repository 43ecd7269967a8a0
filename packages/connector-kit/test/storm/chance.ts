import { createHash } from 'node:crypto';

/** From 0 up to 1. What the same names are given is always the same: no order of calls can change it. */
export function chance(...names: readonly (string | number)[]): number {
	return createHash('sha256').update(names.join('/')).digest().readUInt32BE() / 2 ** 32;
}

/** One of the options, each as often as its weight says. */
export function pick<Option extends string>(weights: Readonly<Record<Option, number>>, at: number): Option;
export function pick(weights: Readonly<Record<string, number>>, at: number): string {
	const options = Object.entries(weights);
	let left = at * options.reduce((sum, [, weight]) => sum + weight, 0);
	for (const [option, weight] of options) {
		left -= weight;
		if (left < 0) return option;
	}
	throw new Error('There is nothing to pick.');
}
