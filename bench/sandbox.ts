import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startChild } from './child.ts';
import { type BenchOptions, readOptions } from './options.ts';
import type { StreamServer } from './sandbox-server.ts';
import { figure, median, printTable } from './tables.ts';

const CONCURRENT = 64;
const TOKENS = 50;
const PACE_MS = 20;
const MEMORY_TIMES = 4;

/** The sandbox under load: streams beside a plain server, lists of many executions, memory over many runs. */
export async function sandbox(options: BenchOptions): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'zihin-bench-'));
	try {
		await streams(folder, options);
		await lists(folder, options);
		await memory(folder, options);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** An agents file with one agent, which says 50 tokens, one every `paceMs`. */
function agentsFile(folder: string, paceMs: number): string {
	const file = join(folder, `agents-${paceMs}.yaml`);
	const text = Array.from({ length: TOKENS }, (_, i) => `word${i % 10}`).join(' ');
	const steps = [{ tokens: { pace: `${paceMs}ms`, text } }, { response: text }];
	writeFileSync(file, JSON.stringify({ agents: [{ name: 'Speaker', engine: { script: { steps } } }] }));
	return file;
}

async function withServer<T>(
	args: readonly string[],
	use: (server: StreamServer, child: ChildProcess) => Promise<T>,
): Promise<T> {
	const { child, said } = await startChild<StreamServer>('sandbox-server.ts', args);
	try {
		return await use(said, child);
	} finally {
		child.disconnect();
	}
}

async function streams(folder: string, { quick }: BenchOptions): Promise<void> {
	const runs = quick ? 320 : 640;
	const rounds = quick ? 1 : 40;
	const fast = agentsFile(folder, 0);
	const [recorded = ''] = await withServer(['sandbox', fast], async server => [(await stream(server)).text]);
	const frames = recorded.split(/(?<=\n\n)/);
	const measured = { plain: [] as number[], sandbox: [] as number[] };
	await withServer(['plain', JSON.stringify(frames)], plain =>
		withServer(['sandbox', fast], async sandbox => {
			const servers = [
				['plain', plain],
				['sandbox', sandbox],
			] as const;
			// Long enough that what is measured is compiled code, on both sides.
			for (const [, server] of servers) await throughput(server, 12 * runs);
			for (let round = 0; round < rounds; round++) {
				for (const [kind, server] of servers) measured[kind].push(await throughput(server, runs));
			}
		}),
	);
	const ratios = measured.sandbox.map((rate, round) => rate / (measured.plain[round] ?? Number.NaN));
	const late = await withServer(['sandbox', agentsFile(folder, PACE_MS)], server => lateness(server));
	printTable(
		`${CONCURRENT} concurrent streams of ${TOKENS} tokens, as fast as they go. Target: half of a plain node:http server that writes the same bytes`,
		['server', 'runs/s, median', 'best', 'x plain, median of rounds'],
		(['plain', 'sandbox'] as const).map(kind => [
			kind,
			figure(median(measured[kind])),
			figure(Math.max(...measured[kind])),
			figure(kind === 'plain' ? 1 : median(ratios)),
		]),
	);
	printTable(
		`The same at a token every ${PACE_MS} ms: how much later than its time an event came. Target: 99th percentile under 50 ms`,
		['events', 'median ms', 'p99 ms', 'most ms'],
		[[String(late.length), figure(median(late)), figure(quantile(late, 0.99)), figure(Math.max(...late))]],
	);
}

/** Runs a second. */
async function throughput(server: StreamServer, runs: number): Promise<number> {
	const pool = new Agent({ keepAlive: true, maxSockets: CONCURRENT });
	await many(CONCURRENT * 4, () => stream(server, pool));
	const start = performance.now();
	await many(runs, () => stream(server, pool));
	const ms = performance.now() - start;
	pool.destroy();
	return (runs / ms) * 1000;
}

/** By how many milliseconds each token of 64 streams at once missed its time, counted from the first one. */
async function lateness(server: StreamServer): Promise<readonly number[]> {
	const pool = new Agent({ keepAlive: true, maxSockets: CONCURRENT });
	await many(CONCURRENT, () => stream(server, pool));
	const turns = await Promise.all(Array.from({ length: CONCURRENT }, () => stream(server, pool)));
	pool.destroy();
	return turns.flatMap(({ tokensAt: [first = 0, ...others] }) =>
		others.map((at, index) => Math.max(0, at - first - (index + 1) * PACE_MS)),
	);
}

async function many(calls: number, call: () => Promise<unknown>): Promise<void> {
	let left = calls;
	const worker = async () => {
		while (left-- > 0) await call();
	};
	await Promise.all(Array.from({ length: CONCURRENT }, worker));
}

interface StreamRead {
	readonly text: string;
	/** When each token came. */
	readonly tokensAt: readonly number[];
}

function stream(server: StreamServer, agent?: Agent): Promise<StreamRead> {
	const body = JSON.stringify({ message: 'Hello' });
	return new Promise((resolve, reject) => {
		const call = request(
			`${server.origin}/api/v2/agents/${server.agentId}/stream`,
			{ method: 'POST', agent, headers: { 'X-Api-Key': server.key, 'Content-Type': 'application/json' } },
			response => {
				const parts: string[] = [];
				const tokensAt: number[] = [];
				response.setEncoding('utf8');
				response.on('data', (text: string) => {
					parts.push(text);
					for (let at = text.indexOf('event: token'); at !== -1; at = text.indexOf('event: token', at + 1)) {
						tokensAt.push(performance.now());
					}
				});
				response.on('error', reject);
				response.on('end', () => {
					if (tokensAt.length === TOKENS) resolve({ text: parts.join(''), tokensAt });
					else reject(new Error(`${tokensAt.length} tokens came: ${parts.join('').slice(0, 500)}`));
				});
			},
		);
		call.on('error', reject);
		call.end(body);
	});
}

/** Lists of a trigger that has very many executions. */
async function lists(folder: string, { quick }: BenchOptions): Promise<void> {
	const executions = quick ? 1_000 : 100_000;
	const database = join(folder, 'lists.db');
	const agents = agentsFile(folder, 0);
	const triggerId = await withServer(['sandbox', agents, database], async server => {
		const trigger = await json(server, 'POST', '/api/triggers', {
			agent_id: server.agentId,
			name: 'Busy',
			trigger_type: 'webhook',
			trigger_config: { auth: { type: 'api_key' } },
		});
		const id = Reflect.get(Object(Reflect.get(Object(trigger), 'data')), 'id');
		await json(server, 'POST', `/api/triggers/webhook/${id}`, { message: 'Hello' });
		return String(id);
	});
	multiply(database, executions);
	const paths = [1, 10, executions / 20].map(
		page => `/api/triggers/${triggerId}/executions?limit=20&page=${page}`,
	);
	const rows = await withServer(['sandbox', agents, database], async server => {
		const measured: string[][] = [];
		for (const [path, what] of [
			[paths[0] ?? '', 'first page of 20'],
			[paths[1] ?? '', 'tenth page'],
			[paths[2] ?? '', 'last page'],
			[`/api/triggers/${triggerId}/executions?limit=100`, 'first page of 100'],
		] as const) {
			const times: number[] = [];
			for (let i = 0; i < 50; i++) {
				const start = performance.now();
				await json(server, 'GET', path);
				times.push(performance.now() - start);
			}
			measured.push([what, figure(median(times)), figure(quantile(times, 0.95))]);
		}
		return measured;
	});
	printTable(
		`Lists of a trigger with ${executions.toLocaleString('en')} executions. Target: under 20 ms`,
		['list', 'median ms', 'p95 ms'],
		rows,
	);
}

/** Copies the one execution of a database until there are so many. */
function multiply(file: string, executions: number): void {
	const database = new DatabaseSync(file);
	const columns = database
		.prepare('SELECT name FROM pragma_table_info(?)')
		.all('executions')
		.map(({ name }) => String(name))
		.filter(name => name !== 'seq' && name !== 'id');
	database.exec(`
		WITH RECURSIVE copies (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM copies WHERE n < ${executions})
		INSERT INTO executions (id, ${columns.join(', ')})
		SELECT format('00000000-0000-4000-8000-%012x', n), ${columns.join(', ')} FROM copies, executions
	`);
	database.close();
}

/** What the process of the sandbox holds after so many runs, and after as many again. */
async function memory(folder: string, { quick }: BenchOptions): Promise<void> {
	const runs = quick ? 100 : 10_000;
	const agents = agentsFile(folder, 0);
	const measured = await withServer(['sandbox', agents, join(folder, 'memory.db')], async (server, child) => {
		const pool = new Agent({ keepAlive: true, maxSockets: CONCURRENT });
		const sizes: number[] = [];
		for (let time = 0; time < MEMORY_TIMES; time++) {
			await many(runs, () => stream(server, pool));
			sizes.push(residentBytes(child));
		}
		pool.destroy();
		return sizes;
	});
	printTable(
		'Memory of the process, on a database file. Target: flat over 10,000 runs',
		measured.map((_, time) => `MB after ${((time + 1) * runs).toLocaleString('en')} runs`),
		[measured.map(bytes => figure(bytes / 1e6))],
	);
}

/** Linux only, where this is measured. */
function residentBytes({ pid }: ChildProcess): number {
	const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return Number(kilobytes) * 1024;
}

async function json(server: StreamServer, method: string, path: string, body?: object): Promise<unknown> {
	const response = await fetch(server.origin + path, {
		method,
		headers: { 'X-Api-Key': server.key, 'Content-Type': 'application/json' },
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
	if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
	return response.json();
}

function quantile(values: readonly number[], part: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

if (import.meta.main) await sandbox(readOptions());
