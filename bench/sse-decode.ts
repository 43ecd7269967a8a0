import { isChild, measureInChild, tellParent } from './child.ts';
import { BAR, decoders, expected, FLOOR } from './decoders.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { scenarios } from './scenarios.ts';
import { figure, median, printTable } from './tables.ts';

/** MB/s of a contender by scenario: the median of one process, and its best pass. */
interface Rates {
	readonly median: Record<string, number>;
	readonly best: Record<string, number>;
}

/** SSE decode with JSON: from the chunks of a body to parsed events in the consumer. */
export async function sseDecode(options: BenchOptions): Promise<void> {
	const rounds = options.quick ? 1 : 3;
	const names = decoders().map(({ name }) => name);
	const measured = new Map<string, Rates[]>(names.map(name => [name, []]));
	for (let round = 0; round < rounds; round++) {
		for (const name of names) {
			const rates = await measureInChild<Rates>('sse-decode.ts', [name, String(options.quick)]);
			if (rates !== undefined) measured.get(name)?.push(rates);
		}
	}

	const keys = scenarios(0.001).map(({ key }) => key);
	const shown = keys.filter(key => key !== 'd1q');
	const rate = (name: string, key: string) =>
		median((measured.get(name) ?? []).map(rates => rates.median[key] ?? Number.NaN));
	const best = (name: string, key: string) =>
		Math.max(...(measured.get(name) ?? []).map(rates => rates.best[key] ?? Number.NaN));
	// d1 is four times d1q: the rates say how much longer than four times it took.
	const growth = (name: string) => (4 * best(name, 'd1q')) / best(name, 'd1');
	printTable(
		`SSE decode with JSON, MB/s: median of ${rounds} processes (best pass)`,
		['contender', ...shown, 'growth'],
		names.map(name => [
			name,
			...shown.map(key => `${figure(rate(name, key))} (${figure(best(name, key))})`),
			figure(growth(name)),
		]),
	);
	const own = names.filter(name => name.startsWith('zihin'));
	const ratios = (bar: string) => (name: string) => [
		name,
		bar,
		...shown.map(
			key => `${figure(rate(name, key) / rate(bar, key))} (${figure(best(name, key) / best(bar, key))})`,
		),
	];
	printTable(
		'As a ratio, of medians (of best passes). Targets: 0.9 of eventsource-parser, 0.6 of the floor for a buffered call, growth below 5',
		['contender', 'divided by', ...shown],
		[
			...own.filter(name => !name.includes('invokeAgent')).map(ratios(BAR)),
			...own.filter(name => name.includes('streamAgent')).map(ratios('eventsource-parser, for await')),
			...own.filter(name => name.includes('invokeAgent')).map(ratios(FLOOR)),
		],
	);
}

/** One contender in this process, all scenarios. */
async function measure(name: string, quick: boolean): Promise<Rates> {
	const decoder = decoders().find(candidate => candidate.name === name);
	if (decoder === undefined) throw new Error(`There is no contender ${name}.`);
	const decode = await decoder.load();
	const rates: Rates = { median: {}, best: {} };
	for (const scenario of scenarios(quick ? 0.05 : 1)) {
		const wanted = expected(decoder, scenario);
		const pass = async () => {
			const start = performance.now();
			const seen = await decode(scenario);
			const ms = performance.now() - start;
			if (seen.events !== wanted.events || seen.characters !== wanted.characters) {
				throw new Error(
					`${name}, ${scenario.key}: ${seen.events} events, ${seen.characters} units; ` +
						`there were ${wanted.events} and ${wanted.characters}.`,
				);
			}
			return scenario.bytes / 1000 / ms;
		};
		await repeat(pass, quick ? 0 : 80, 1);
		const passes = await repeat(pass, quick ? 0 : 200, quick ? 1 : 3);
		rates.median[scenario.key] = median(passes);
		rates.best[scenario.key] = Math.max(...passes);
	}
	return rates;
}

/** Repeats for `ms`, at least `fewest` times. */
async function repeat(pass: () => Promise<number>, ms: number, fewest: number): Promise<readonly number[]> {
	const results: number[] = [];
	for (const end = performance.now() + ms; results.length < fewest || performance.now() < end; ) {
		results.push(await pass());
	}
	return results;
}

if (import.meta.main) {
	const [name = '', quick] = process.argv.slice(2);
	if (isChild()) tellParent(await measure(name, quick === 'true'));
	else await sseDecode(readOptions());
}
