import { setTimeout as pause } from 'node:timers/promises';
import { isChild, measureInChild, startChild, tellParent } from './child.ts';
import { clients } from './clients.ts';
import { type BenchOptions, readOptions } from './options.ts';
import type { ServerReady } from './server.ts';
import { figure, median, printTable } from './tables.ts';
import { ANSWER_CHARACTERS } from './wire.ts';

/** One stream in one process. Sizes in bytes. */
interface Read {
	readonly ms: number;
	readonly cpuMs: number;
	readonly rssBefore: number;
	readonly rssPeak: number;
	/** The most heap and external memory that a pause of the slow consumer saw. */
	readonly held: number;
}

const PACES = ['fast', 'slow'] as const;
type Pace = (typeof PACES)[number];

/** The slow consumer rests after this many events, for this long. */
const EVENTS_BETWEEN_PAUSES = 5000;
const PAUSE_MS = 10;

/** One long stream: speed, and what it takes of memory, also when its consumer is slower than its server. */
export async function bigStream(options: BenchOptions): Promise<void> {
	const rounds = options.quick ? 1 : 3;
	const megabytes = options.quick ? 3 : 60;
	const all = clients();
	const measured = new Map<string, Read[]>();
	const { child, said: server } = await startChild<ServerReady>('server.ts', [String(megabytes)]);
	try {
		for (let round = 0; round < rounds; round++) {
			for (const { name, form, sees } of all) {
				const { events, characters } = server.tallies[form];
				const wanted = sees === 'every event' ? `${events},${characters}` : `1,${ANSWER_CHARACTERS}`;
				for (const pace of PACES) {
					// Of a buffered call nobody sees how it goes on, and memory hardly varies.
					if (pace === 'slow' && (sees === 'the answer' || round > 0)) continue;
					const args = [name, server.origin, wanted, pace];
					const read = await measureInChild<Read>('big-stream.ts', args);
					if (read === undefined) continue;
					measured.set(`${name} ${pace}`, [...(measured.get(`${name} ${pace}`) ?? []), read]);
				}
			}
		}
	} finally {
		child.disconnect();
	}

	const mega = (name: string, pace: Pace, part: (read: Read) => number) => {
		const reads = measured.get(`${name} ${pace}`);
		return reads === undefined ? '–' : (median(reads.map(part)) / 1e6).toFixed(0);
	};
	printTable(
		`One stream of ${megabytes} MB, median of ${rounds}; memory in MB. Target: at most 150, the same with a slow consumer`,
		['client', 'MB/s', 'CPU s', 'RSS before', 'peak RSS', 'slow: peak RSS', 'slow: heap + external'],
		all.map(({ name, form }) => {
			const fast = measured.get(`${name} fast`) ?? [];
			return [
				name,
				figure(median(fast.map(({ ms }) => server.bytes[form] / 1000 / ms))),
				figure(median(fast.map(({ cpuMs }) => cpuMs / 1000))),
				mega(name, 'fast', read => read.rssBefore),
				mega(name, 'fast', read => read.rssPeak),
				mega(name, 'slow', read => read.rssPeak),
				mega(name, 'slow', read => read.held),
			];
		}),
	);
}

async function measure(name: string, origin: string, wanted: string, pace: Pace): Promise<Read> {
	const client = clients().find(candidate => candidate.name === name);
	if (client === undefined) throw new Error(`There is no client ${name}.`);
	const call = await client.load(origin);
	let events = 0;
	let held = 0;
	const rest = async () => {
		const { heapUsed, external } = process.memoryUsage();
		held = Math.max(held, heapUsed + external);
		await pause(PAUSE_MS);
	};
	const rssBefore = process.memoryUsage.rss();
	const before = process.cpuUsage();
	const start = performance.now();
	const seen = await call(() => {
		events += 1;
		return pace === 'slow' && events % EVENTS_BETWEEN_PAUSES === 0 ? rest() : undefined;
	});
	const ms = performance.now() - start;
	const { user, system } = process.cpuUsage(before);
	if (`${seen.events},${seen.characters}` !== wanted) {
		throw new Error(`${name}: ${seen.events},${seen.characters} instead of ${wanted}.`);
	}
	const rssPeak = process.resourceUsage().maxRSS * 1024;
	return { ms, cpuMs: (user + system) / 1000, rssBefore, rssPeak, held };
}

if (import.meta.main) {
	const [name = '', origin = '', wanted = '', pace] = process.argv.slice(2);
	if (isChild()) {
		tellParent(await measure(name, origin, wanted, pace === 'slow' ? 'slow' : 'fast'));
		process.disconnect();
		process.exit();
	} else await bigStream(readOptions());
}
