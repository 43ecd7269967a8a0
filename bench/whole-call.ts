import { isChild, startChild, tellParent } from './child.ts';
import { type CallClient, clients, RAW } from './clients.ts';
import { type BenchOptions, readOptions } from './options.ts';
import type { ServerReady } from './server.ts';
import { figure, median, printTable } from './tables.ts';
import { ANSWER_CHARACTERS } from './wire.ts';

/** What a measuring process is asked for: some calls, so many at a time. */
interface Batch {
	readonly calls: number;
	readonly concurrency: number;
}

interface Measured {
	readonly cpuMs: number;
	readonly perSecond: number;
	/** Milliseconds to the first event, median. */
	readonly firstMs: number;
}

/** Its engine has compiled everything after these. */
const WARM_UP: Batch = { calls: 1_500, concurrency: 16 };
/** About a tenth of a second each, so that the machine has the same mood for all contenders of a round. */
const BATCHES: readonly Batch[] = [
	{ calls: 100, concurrency: 1 },
	{ calls: 192, concurrency: 16 },
	{ calls: 192, concurrency: 64 },
];
const ROUNDS = 4;
/** How often all processes are started anew: one that was lucky with its memory stays lucky. */
const STARTS = 8;

/** Whole calls against a server on this machine: CPU, calls a second, time to the first event. */
export async function wholeCall({ quick }: BenchOptions): Promise<void> {
	const rounds = quick ? 1 : ROUNDS;
	const starts = quick ? 1 : STARTS;
	const all = clients();
	/** By client, then by batch, then by round. */
	const measured = new Map<string, readonly Measured[][]>(
		all.map(({ name }) => [name, BATCHES.map(() => [])]),
	);
	const { child, said: server } = await startChild<ServerReady>('server.ts', []);
	try {
		for (let start = 0; start < starts; start++) {
			for (const [name, batches] of await playRounds(all, server, rounds, quick)) {
				for (const [place, batch] of batches.entries()) measured.get(name)?.[place]?.push(...batch);
			}
		}
	} finally {
		child.disconnect();
	}

	const of = (name: string, place: number) => measured.get(name)?.[place] ?? [];
	const cpu = (name: string, place: number) => median(of(name, place).map(({ cpuMs }) => cpuMs));
	const perSecond = (name: string, place: number) =>
		Math.max(...of(name, place).map(batch => batch.perSecond));
	const firsts = (name: string) => of(name, 0).map(({ firstMs }) => firstMs);
	/** Each round against the raw call of the same round. */
	const beside = <T>(name: string, place: number, compare: (one: Measured, raw: Measured) => T) =>
		of(name, place).flatMap((one, round) => {
			const raw = of(RAW, place)[round];
			return raw === undefined ? [] : [compare(one, raw)];
		});
	const ratio = (name: string, place: number) =>
		median(beside(name, place, (one, raw) => one.cpuMs / raw.cpuMs));
	const later = (name: string) => median(beside(name, 0, (one, raw) => one.firstMs - raw.firstMs));
	const each = (text: (place: number) => string) => BATCHES.map((_, place) => text(place)).join(' / ');
	printTable(
		`Whole call, 53 events, ${starts * rounds} short rounds, at concurrency ${BATCHES.map(({ concurrency }) => concurrency).join(' / ')}. Targets: CPU 1.15 x raw, first event 0.1 ms after raw`,
		[
			'client',
			'CPU ms a call, median',
			'x raw, median of rounds',
			'calls/s, best',
			'first event ms, median (best)',
			'after raw, median of rounds',
		],
		all.map(({ name, sees }) => [
			name,
			each(place => figure(cpu(name, place))),
			each(place => figure(ratio(name, place))),
			each(place => perSecond(name, place).toFixed(0)),
			// A buffered call hands over nothing before its end.
			...(sees === 'the answer'
				? ['–', '–']
				: [`${figure(median(firsts(name)))} (${figure(Math.min(...firsts(name)))})`, later(name).toFixed(2)]),
		]),
	);
}

/** Starts a process of each client and has them work in turn. @returns by client, then by batch, then by round */
async function playRounds(
	all: readonly CallClient[],
	server: ServerReady,
	rounds: number,
	quick: boolean,
): Promise<ReadonlyMap<string, readonly (readonly Measured[])[]>> {
	const scaled = ({ calls, concurrency }: Batch): Batch => ({
		calls: quick ? Math.ceil(calls / 20) : calls,
		concurrency,
	});
	const contenders = [];
	try {
		for (const client of all) {
			const args = [client.name, server.origin, tallyText(client, server)];
			const { child, ask } = await startChild<object>('whole-call.ts', args);
			const batches = BATCHES.map(batch => ({ batch: scaled(batch), measured: [] as Measured[] }));
			contenders.push({ name: client.name, child, ask, batches });
			await ask<Measured>(scaled(WARM_UP));
		}
		for (let round = 0; round < rounds; round++) {
			// Nobody always comes after the same other.
			const turns = [...contenders.slice(round), ...contenders.slice(0, round)];
			for (const place of BATCHES.keys()) {
				for (const { ask, batches } of turns) {
					const { batch, measured } = batches[place] ?? {};
					if (batch !== undefined) measured?.push(await ask<Measured>(batch));
				}
			}
		}
		return new Map(contenders.map(({ name, batches }) => [name, batches.map(({ measured }) => measured)]));
	} finally {
		for (const { child } of contenders) child.disconnect();
	}
}

function tallyText(client: CallClient, server: ServerReady): string {
	const { events, characters } = server.tallies[client.form];
	return client.sees === 'every event' ? `${events},${characters}` : `1,${ANSWER_CHARACTERS}`;
}

/** @param wanted the tally of each call: one that reads less does not count */
async function prepare(
	name: string,
	origin: string,
	wanted: string,
): Promise<(batch: Batch) => Promise<Measured>> {
	const client = clients().find(candidate => candidate.name === name);
	if (client === undefined) throw new Error(`There is no client ${name}.`);
	const call = await client.load(origin);
	const firsts: number[] = [];
	const once = async () => {
		const start = performance.now();
		let first = 0;
		const { events, characters } = await call(() => {
			if (first === 0) first = performance.now() - start;
			return undefined;
		});
		if (`${events},${characters}` !== wanted) {
			throw new Error(`${name}: ${events},${characters} instead of ${wanted}.`);
		}
		firsts.push(first);
	};
	const many = async ({ calls, concurrency }: Batch) => {
		let left = calls;
		const worker = async () => {
			while (left-- > 0) await once();
		};
		await Promise.all(Array.from({ length: concurrency }, worker));
	};
	return async batch => {
		// The connections that were idle meanwhile may be closed.
		await many({ calls: batch.concurrency * 2, concurrency: batch.concurrency });
		firsts.length = 0;
		const before = process.cpuUsage();
		const start = performance.now();
		await many(batch);
		const ms = performance.now() - start;
		const { user, system } = process.cpuUsage(before);
		return {
			cpuMs: (user + system) / 1000 / batch.calls,
			perSecond: (batch.calls / ms) * 1000,
			firstMs: median(firsts),
		};
	};
}

if (import.meta.main) {
	const [name = '', origin = '', wanted = ''] = process.argv.slice(2);
	if (isChild()) {
		const measure = await prepare(name, origin, wanted);
		// Both ends of the pipe are in this file.
		process.on('message', async (batch: Batch) => tellParent(await measure(batch)));
		// Idle connections would keep the process alive for seconds.
		process.once('disconnect', () => process.exit());
		tellParent({});
	} else await wholeCall(readOptions());
}
