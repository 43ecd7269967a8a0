import { isChild, measureInChild, startChild, tellParent } from './child.ts';
import { type CallClient, clients, RAW } from './clients.ts';
import { type BenchOptions, readOptions } from './options.ts';
import type { ServerReady } from './server.ts';
import { figure, median, printTable } from './tables.ts';
import { ANSWER_CHARACTERS, type Tally } from './wire.ts';

const CONCURRENCIES = [1, 16, 64] as const;

/** One process of one client, by concurrency. */
interface Calls {
	readonly cpuMs: readonly number[];
	readonly perSecond: readonly number[];
	/** Milliseconds to the first event, median, one call at a time. */
	readonly firstMs: number;
}

/** Whole calls against a server on this machine: CPU, calls a second, time to the first event. */
export async function wholeCall(options: BenchOptions): Promise<void> {
	const rounds = options.quick ? 1 : 4;
	const all = clients();
	const measured = new Map<string, Calls[]>(all.map(({ name }) => [name, []]));
	const { child, said: server } = await startChild<ServerReady>('server.ts', []);
	try {
		for (let round = 0; round < rounds; round++) {
			for (const client of all) {
				const args = [client.name, server.origin, tallyText(client, server), String(options.quick)];
				const calls = await measureInChild<Calls>('whole-call.ts', args);
				if (calls !== undefined) measured.get(client.name)?.push(calls);
			}
		}
	} finally {
		child.disconnect();
	}

	const of = (name: string) => measured.get(name) ?? [];
	const cpu = (name: string, i: number) => median(of(name).map(calls => calls.cpuMs[i] ?? Number.NaN));
	const perSecond = (name: string, i: number) =>
		Math.max(...of(name).map(calls => calls.perSecond[i] ?? Number.NaN));
	const first = (name: string) => median(of(name).map(({ firstMs }) => firstMs));
	const bestFirst = (name: string) => Math.min(...of(name).map(({ firstMs }) => firstMs));
	/** Each round against the raw call of the same round. */
	const ratio = (name: string, i: number) =>
		median(of(name).map((calls, round) => (calls.cpuMs[i] ?? 0) / (of(RAW)[round]?.cpuMs[i] ?? 0)));
	const each = (text: (i: number) => string) => CONCURRENCIES.map((_, i) => text(i)).join(' / ');
	printTable(
		`Whole call, 53 events, ${rounds} rounds, at concurrency ${CONCURRENCIES.join(' / ')}. Targets: CPU 1.15 x raw, first event 0.1 ms after raw`,
		[
			'client',
			'CPU ms a call, median',
			'x raw, median of rounds',
			'calls/s, best',
			'first event ms, median (best)',
			'over raw',
		],
		all.map(({ name, sees }) => [
			name,
			each(i => figure(cpu(name, i))),
			each(i => figure(ratio(name, i))),
			each(i => perSecond(name, i).toFixed(0)),
			// A buffered call hands over nothing before its end.
			...(sees === 'the answer'
				? ['–', '–']
				: [
						`${figure(first(name))} (${figure(bestFirst(name))})`,
						`${(first(name) - first(RAW)).toFixed(2)} (${(bestFirst(name) - bestFirst(RAW)).toFixed(2)})`,
					]),
		]),
	);
}

function tallyText(client: CallClient, server: ServerReady): string {
	const { events, characters } = server.tallies[client.form];
	return client.sees === 'every event' ? `${events},${characters}` : `1,${ANSWER_CHARACTERS}`;
}

async function measure(name: string, origin: string, wanted: string, quick: boolean): Promise<Calls> {
	const client = clients().find(candidate => candidate.name === name);
	if (client === undefined) throw new Error(`There is no client ${name}.`);
	const call = await client.load(origin);
	const check = ({ events, characters }: Tally) => {
		if (`${events},${characters}` !== wanted) {
			throw new Error(`${name}: ${events},${characters} instead of ${wanted}.`);
		}
	};
	const quiet = () => undefined;
	const many = async (calls: number, concurrency: number) => {
		let left = calls;
		const worker = async () => {
			while (left-- > 0) check(await call(quiet));
		};
		await Promise.all(Array.from({ length: concurrency }, worker));
	};
	const scale = quick ? 0.05 : 1;
	await many(500 * scale, 4);

	const cpuMs: number[] = [];
	const perSecond: number[] = [];
	for (const concurrency of CONCURRENCIES) {
		// Enough that what is measured is compiled code.
		const calls = (concurrency === 1 ? 1_000 : 3_000) * scale;
		await many(concurrency * 2, concurrency);
		const before = process.cpuUsage();
		const start = performance.now();
		await many(calls, concurrency);
		const ms = performance.now() - start;
		const { user, system } = process.cpuUsage(before);
		cpuMs.push((user + system) / 1000 / calls);
		perSecond.push((calls / ms) * 1000);
	}

	const firsts: number[] = [];
	for (let i = 0; i < 300 * scale; i++) {
		const start = performance.now();
		let first = 0;
		check(
			await call(() => {
				if (first === 0) first = performance.now() - start;
				return undefined;
			}),
		);
		firsts.push(first);
	}
	return { cpuMs, perSecond, firstMs: median(firsts) };
}

if (import.meta.main) {
	const [name = '', origin = '', wanted = '', quick] = process.argv.slice(2);
	if (isChild()) {
		tellParent(await measure(name, origin, wanted, quick === 'true'));
		// Idle connections would keep the process alive for seconds.
		process.disconnect();
		process.exit();
	} else await wholeCall(readOptions());
}
